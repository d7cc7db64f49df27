// GitHub's own parser of workflows and actions (npm @actions/workflow-parser) over the files that are named: one line of
// JSON for each, {"file", "faults": [...]}. Its expressions (npm @actions/expressions) are parsed along with them.
import { readFileSync } from "node:fs";
import { register } from "node:module";

// The package imports JSON without saying so, which Node takes from bundlers only.
register(
  "data:text/javascript," +
    encodeURIComponent(`
import { readFileSync } from "node:fs";
export async function load(url, context, next) {
  return url.endsWith(".json")
    ? { format: "json", source: readFileSync(new URL(url)), shortCircuit: true }
    : next(url, context);
}`),
);
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import("@actions/workflow-parser");
const { parseAction, convertActionTemplate } = await import("@actions/workflow-parser/actions/index");

const trace = new NoOperationTraceWriter();
for (const name of process.argv.slice(2)) {
  const file = { name, content: readFileSync(name, "utf8") };
  const isAction = /(^|\/)action\.ya?ml$/.test(name);
  const parsed = isAction ? parseAction(file, trace) : parseWorkflow(file, trace);
  if (parsed.value) {
    await (isAction ? convertActionTemplate : convertWorkflowTemplate)(parsed.context, parsed.value);
  }
  const faults = parsed.context.errors.getErrors().map((error) => error.message);
  process.stdout.write(`${JSON.stringify({ file: name, faults })}\n`);
}
