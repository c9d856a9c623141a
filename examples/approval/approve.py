"""Answers the orders that wait: those up to 5,000 are approved."""

import json
import sys

import boto3
from botocore.config import Config

ARN = "arn:aws:states:us-east-1:123456789012:activity:ApproveOrder"
client = boto3.client("stepfunctions", endpoint_url=sys.argv[1], config=Config(read_timeout=70))
approved = refused = 0
while approved + refused < 3:
    task = client.get_activity_task(activityArn=ARN, workerName="desk")
    if not task.get("taskToken"):
        break
    order = json.loads(task["input"])
    if order["total"] <= 5000:
        client.send_task_success(taskToken=task["taskToken"], output=json.dumps({"by": "desk"}))
        approved += 1
    else:
        client.send_task_failure(taskToken=task["taskToken"], error="Refused", cause="too large")
        refused += 1
print(f"{approved} approved, {refused} refused")
