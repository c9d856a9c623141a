// jsonata.mjs INSTALLED EXPRESSION EVENTS: the reference implementation of JSONata over every line.
import { readFileSync } from "node:fs";
import { each, installed } from "./lines.mjs";

const [folder, expressionFile, events] = process.argv.slice(2);
const expression = installed(folder, "jsonata")(readFileSync(expressionFile, "utf8"));
await each(events, (event) => expression.evaluate(event));
