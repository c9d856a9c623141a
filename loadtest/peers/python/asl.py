"""asl.py DEFINITION TASKS EVENTS: moto's interpreter (LocalStack's) over every line; the definition is parsed once.

TASKS is an object: for each Resource "echo" or {"constant": ...}.
"""

import io
import json
import logging
import sys

from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.api import StateMachineType
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded
from moto.stepfunctions.parser.asl.eval.states import ContextObjectData, ExecutionData, StateMachineData
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

ACCOUNT, REGION, ROLE = "123456789012", "eu-west-3", "arn:aws:iam::123456789012:role/loadtest"
MACHINE = "arn:aws:states:eu-west-3:123456789012:stateMachine:loadtest"


def environment(event):
    """One Express execution of its own."""
    execution = ExecutionData(
        Id=MACHINE + ":1", Input=event, Name="1", RoleArn=ROLE, StartTime="2026-01-01T00:00:00.000Z"
    )
    return Environment(
        aws_execution_details=AWSExecutionDetails(ACCOUNT, REGION, ROLE),
        execution_type=StateMachineType.EXPRESS,
        context=ContextObjectData(Execution=execution, StateMachine=StateMachineData(Id=MACHINE, Name="loadtest")),
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )


def answer_tasks(tasks):
    """Tasks are answered in the process, where moto would call its own Lambda."""

    def invoke(parameters, region, state_credentials):
        payload = parameters["Payload"]
        if isinstance(payload, (bytes, str)):
            payload = json.loads(payload)
        handler = tasks[parameters["FunctionName"]]
        return {"StatusCode": 200, "Payload": payload if handler == "echo" else handler["constant"]}

    lambda_eval_utils._invoke_lambda_function = invoke


def main():
    definition, tasks, events = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    answer_tasks(json.loads(tasks))
    with open(definition, encoding="utf-8") as file:
        program = AmazonStateLanguageParser.parse(file.read())[0]
    output = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    with open(events, encoding="utf-8") as lines:
        for line in lines:
            env = environment(json.loads(line))
            program.eval(env)
            utils.TMP_THREADS.clear()
            state = env.program_state()
            if isinstance(state, ProgramEnded):
                result = json.dumps(env.states.get_input(), ensure_ascii=False, separators=(",", ":"))
            else:
                result = "!" + " ".join(str(getattr(state, "error", state)).split())
            output.write(result + "\n")
    output.flush()


main()
