// Lines of a file in, lines on stdout out. A line without a result is empty; one that failed is `!` and the reason.
import { createReadStream, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { resolve } from "node:path";

/// Packages come from the folder they were installed in, which is not the one of these programs.
export function installed(folder, name) {
  return createRequire(resolve(folder, "package.json"))(name);
}

export async function each(path, answer) {
  let output = [];
  let length = 0;
  const write = () => {
    const bytes = Buffer.from(output.join(""));
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
    output = [];
    length = 0;
  };
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    let result;
    try {
      result = JSON.stringify(await answer(JSON.parse(line))) ?? "";
    } catch (error) {
      result = "!" + (error.message ?? String(error)).replaceAll("\n", " ");
    }
    output.push(result, "\n");
    length += result.length;
    if (length > 1 << 18) write();
  }
  write();
}
