/** Texts, numbers, dates and direction of a language. */

/** One text per plural category that the language has. */
export type Plural = { other: string } & { [rule in Intl.LDMLPluralRule]?: string };
export type Catalogue<Key extends string = string> = Readonly<Record<Key, string | Plural>>;
export type Params = Readonly<Record<string, string | number>>;

export interface Translator<Key extends string> {
  language: string;
  dir: "ltr" | "rtl";
  /** The text with `{name}` replaced; a plural text takes its form by `count`. */
  t: (key: Key, params?: Params) => string;
  /** Hour and minute, as the language writes them. */
  time: (date: Date) => string;
  /** "Today", "Yesterday", or the date, with the year only when it is another one. */
  day: (date: Date, now?: Date) => string;
  /** Date and time in full. */
  full: (date: Date) => string;
}

const RTL = /^(ar|dv|fa|he|ku|ps|sd|ug|ur|yi)\b/i;

export const dirOf = (language: string): "ltr" | "rtl" => (RTL.test(language) ? "rtl" : "ltr");

/** `de` of `de-AT`. */
export function primary(language: string): string {
  return language.toLowerCase().split(/[-_]/, 1)[0] ?? "";
}

/** The first wanted language that there is, else the fallback. */
export function pickLanguage<L extends string>(
  wanted: readonly (string | null | undefined)[],
  available: readonly L[],
  fallback: L,
): L {
  for (const language of wanted) {
    const found = available.find((one) => language && primary(one) === primary(language));
    if (found) return found;
  }
  return fallback;
}

export function createTranslator<Key extends string>(
  language: string,
  catalogue: Catalogue<Key>,
  /** The language of dates and numbers, where it says more: `de-AT` for `de`. */
  locale: string = language,
  /** Joins a text with what comes into it, where the language asks for more than putting it in. */
  join: (text: string, params: Params) => string = (text) => text,
): Translator<Key> {
  const plural = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(locale);
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  return {
    language,
    dir: dirOf(language),
    t: (key, params = {}) => {
      const entry = catalogue[key];
      const text =
        typeof entry === "string"
          ? entry
          : (entry[plural.select(Number(params.count))] ?? entry.other);
      return join(text, params).replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = params[name];
        return typeof value === "number" ? numbers.format(value) : (value ?? whole);
      });
    },
    time: (date) => time.format(date),
    day: (date, now = new Date()) => dayText(date, now, locale),
    full: (date) => full.format(date),
  };
}

/** In Italian the article melts into "otto" and "undici": il 7, but l’8; del 10, but dell’11. */
export function melted(text: string, params: Params): string {
  return text.replace(/\b(i|de|da|a)l (?=\{(\w+)\})/g, (whole, stem: string, name: string) =>
    /^(8|11)\b/.test(String(params[name])) ? `${stem === "i" ? "l" : `${stem}ll`}’` : whole,
  );
}

/**
 * In a language that is read from the right, what comes into a text (a name, an address, a date)
 * keeps its own direction and turns nothing beside it round: Unicode's isolates, which nobody sees.
 */
export function isolated(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    typeof params[name] === "string" ? `\u2068${whole}\u2069` : whole,
  );
}

function dayText(date: Date, now: Date, locale: string): string {
  const midnight = (moment: Date) =>
    Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const away = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  if (away === 0 || away === -1) {
    const text = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(away, "day");
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  const sameYear = date.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(date);
}
