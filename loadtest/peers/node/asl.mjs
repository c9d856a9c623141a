// asl.mjs INSTALLED DEFINITION TASKS EVENTS: aws-local-stepfunctions over every line. TASKS is an object: for each
// Resource "echo" or {"constant": ...}.
import { readFileSync } from "node:fs";
import { each, installed } from "./lines.mjs";

const [folder, definitionFile, tasksText, events] = process.argv.slice(2);
const definition = JSON.parse(readFileSync(definitionFile, "utf8"));
const tasks = JSON.parse(tasksText);

/// One function for each Task state of the machine and of its branches, by the state's name.
const taskResourceLocalHandlers = {};
const machines = [definition];
while (machines.length > 0) {
  for (const [name, state] of Object.entries(machines.pop().States)) {
    machines.push(...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : []));
    if (state.Type !== "Task") continue;
    const handler = tasks[state.Resource];
    taskResourceLocalHandlers[name] = (input) => (handler === "echo" ? input : handler.constant);
  }
}

// The package asks for a Node that has it; the one of Debian does not.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};

const { StateMachine } = installed(folder, "aws-local-stepfunctions");
const machine = new StateMachine(definition);
await each(events, (event) => machine.run(event, { overrides: { taskResourceLocalHandlers } }).result);
