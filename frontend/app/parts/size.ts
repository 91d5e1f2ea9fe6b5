/** Amounts of bytes as people say them. */
import { language } from "../i18n/words";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "6 bytes", "2.4 MB", as the language writes it. */
export function sizeOf(bytes: number, locale: string = language.value): string {
  // What rounds to a thousand of one unit is one of the next.
  const power = UNITS.findIndex((_, at) => bytes < 999.95 * 1000 ** at);
  const at = power < 0 ? UNITS.length - 1 : power;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: UNITS[at] ?? "byte",
    // Short, a byte has no plural: "6 byte".
    unitDisplay: at === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** at);
}
