"""Handlers that behave, and handlers that do not."""

import os
import signal
import sys
import time


class OutOfStock(Exception):
    pass


def echo(event, context):
    return event


def tell(event, context):
    print("telling", event)
    return {
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": 0 < context.get_remaining_time_in_millis() <= 20_000,
        "request": len(context.aws_request_id),
        "trace": os.environ["_X_AMZN_TRACE_ID"].startswith("Root=1-"),
        "region": os.environ["AWS_REGION"],
        "extra": os.environ["EXTRA"],
    }


def misbehave(event, context):
    how = event["how"]
    if how == "raise":
        raise OutOfStock("none left")
    if how == "exit":
        sys.exit(4)
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        print("hangs", os.getpid())
        time.sleep(1000)
    if how == "flood":
        for _ in range(200):
            sys.stderr.write("x" * 100_000 + "\n")
    if how == "large":
        return "x" * 7_000_000
    return how
