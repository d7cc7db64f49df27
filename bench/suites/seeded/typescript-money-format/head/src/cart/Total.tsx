import { Line } from "./lines";
import { formatMoney } from "../shared/money";

export function Price({ line }: { line: Line }) {
  return <span>{formatMoney(line.cents, line.currency)}</span>;
}

export function Total({ lines }: { lines: Line[] }) {
  const cents = lines.reduce((sum, line) => sum + line.cents, 0);
  const whole = Math.trunc(cents / 100);
  const rest = String(Math.abs(cents % 100)).padStart(2, "0");
  const sign = lines[0]?.currency === "EUR" ? "€" : "$";
  return <strong>{`${sign}${whole}.${rest}`}</strong>;
}
