const FORMATS = new Map<string, Intl.NumberFormat>();

export function formatMoney(cents: number, currency: string): string {
  let format = FORMATS.get(currency);
  if (!format) {
    format = new Intl.NumberFormat("en", { style: "currency", currency });
    FORMATS.set(currency, format);
  }
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(cents / 10 ** digits);
}
