/** What went wrong, in the words of whoever reads it. */
import { type FieldError, Problem } from "../../shared/api";
import { has, t } from "../i18n/words";

/** One sentence on a failure: what happened and what to do. */
export function explain(cause: unknown): string {
  if (!(cause instanceof Problem)) return t("problem.unknown");
  if (cause.code === "rate_limited" && cause.retryAfter) {
    return t("problem.rate_limited_until", { seconds: Math.ceil(cause.retryAfter) });
  }
  const key = `problem.${cause.code}`;
  const [first] = cause.errors;
  if (has(key)) return cause.code === "invalid" && first ? `${t(key)} ${why(first)}` : t(key);
  if (first) return why(first);
  return t(cause.status >= 500 ? "problem.unavailable" : "problem.unknown");
}

export type Wrong = Partial<Record<string, string>>;

/** Why a field was not taken. What only a program can get wrong has one sentence for all. */
function why({ message, reason, params = {} }: FieldError): string {
  if (reason === undefined) return message;
  const key = `wrong.${reason}`;
  if (!has(key)) return t("wrong.other");
  const plain = Object.entries(params).filter(([, value]) => typeof value !== "object");
  return t(key, { ...Object.fromEntries(plain), count: Number(params.max ?? params.min) });
}

/** The messages for the fields of a form, by field; nested fields count for their first part. */
export function wrongFields(cause: unknown): Wrong {
  const wrong: Wrong = {};
  if (!(cause instanceof Problem)) return wrong;
  for (const error of cause.errors) {
    const name = error.field.split(/[.[]/u)[0] ?? error.field;
    wrong[name] ??= why(error);
  }
  return wrong;
}

/** The same for what is about one field alone: why it was not taken, else what went wrong. */
export const explainField = (cause: unknown): string =>
  Object.values(wrongFields(cause))[0] ?? explain(cause);

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/u;

export const looksLikeMail = (text: string): boolean => MAIL.test(text.trim());

/** The same for a code that was kept without its problem. */
export function explainCode(code: string | undefined): string {
  const key = `problem.${code ?? ""}`;
  return has(key) ? t(key) : t("problem.unknown");
}
