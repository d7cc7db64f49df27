// GitHub's own evaluator of expressions (npm @actions/expressions): reads a JSON list of {"expression", "contexts"} and
// prints the list of their values.
import { readFileSync } from "node:fs";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

function wrapped(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(wrapped));
  return new data.Dictionary(...Object.entries(value).map(([key, each]) => ({ key, value: wrapped(each) })));
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const values = asked.map(({ expression, contexts }) => {
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse();
  const value = new Evaluator(tree, wrapped(contexts)).evaluate();
  return value.kind === data.Kind.Null ? null : value.kind === data.Kind.Dictionary ? {} : value.value;
});
process.stdout.write(JSON.stringify(values));
