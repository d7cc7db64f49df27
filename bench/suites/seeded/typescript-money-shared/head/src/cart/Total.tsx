import { Line } from "./lines";
import { formatMoney } from "../shared/money";

export function Price({ line }: { line: Line }) {
  return <span>{formatMoney(line.cents, line.currency)}</span>;
}

export function Total({ lines }: { lines: Line[] }) {
  const cents = lines.reduce((sum, line) => sum + line.cents, 0);
  const currency = lines[0]?.currency ?? "EUR";
  return <strong>{formatMoney(cents, currency)}</strong>;
}
