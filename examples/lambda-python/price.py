"""A Lambda handler as it is deployed to AWS; nothing in it knows of aslx."""

PRICES = {"apple": 0.5, "melon": 3.0}


class UnknownItem(Exception):
    pass


def handler(event, context):
    if event["item"] not in PRICES:
        raise UnknownItem(f"there is no {event['item']}")
    return {"item": event["item"], "total": PRICES[event["item"]] * event["count"]}
