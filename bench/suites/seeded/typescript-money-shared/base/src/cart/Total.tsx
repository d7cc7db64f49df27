import { Line } from "./lines";
import { formatMoney } from "../shared/money";

export function Price({ line }: { line: Line }) {
  return <span>{formatMoney(line.cents, line.currency)}</span>;
}
