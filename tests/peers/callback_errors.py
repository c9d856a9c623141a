"""Tries what is refused, and prints how boto3 has it."""

import sys

import boto3

ARN = "arn:aws:states:us-east-1:123456789012:activity:ApproveOrder"
client = boto3.client("stepfunctions", endpoint_url=sys.argv[1])
token = client.get_activity_task(activityArn=ARN)["taskToken"]
client.send_task_heartbeat(taskToken=token)

try:
    client.send_task_success(taskToken=token, output="{")
except client.exceptions.InvalidOutput:
    malformed = "malformed: InvalidOutput"
client.send_task_success(taskToken=token, output="true")
try:
    client.send_task_success(taskToken=token, output="true")
except client.exceptions.TaskTimedOut as error:
    print("repeated: TaskTimedOut", error.response["Error"]["Message"])
try:
    client.send_task_failure(taskToken=token[::-1])
except client.exceptions.InvalidToken as error:
    print("forged: InvalidToken", error.response["Error"]["Message"])
try:
    client.get_activity_task(activityArn=ARN + "s")
except client.exceptions.ActivityDoesNotExist:
    print("unknown: ActivityDoesNotExist")
print(malformed)
