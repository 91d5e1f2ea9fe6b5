/** What went wrong, in the words of whoever reads it. */
import { Problem } from "../../shared/api";
import { has, t } from "../i18n/words";

/** One sentence on a failure: what happened and what to do. */
export function explain(cause: unknown): string {
  if (!(cause instanceof Problem)) return t("problem.unknown");
  if (cause.code === "rate_limited" && cause.retryAfter) {
    return t("problem.rate_limited_until", { seconds: Math.ceil(cause.retryAfter) });
  }
  const key = `problem.${cause.code}`;
  if (has(key)) return t(key);
  return cause.status >= 500 ? t("problem.unavailable") : cause.detail || t("problem.unknown");
}

export type Wrong = Partial<Record<string, string>>;

const sentence = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** The messages for the fields of a form, by field; nested fields count for their first part. */
export function wrongFields(cause: unknown): Wrong {
  const wrong: Wrong = {};
  if (!(cause instanceof Problem)) return wrong;
  for (const { field, message } of cause.errors) {
    const name = field.split(/[.[]/u)[0] ?? field;
    wrong[name] ??= sentence(message);
  }
  return wrong;
}

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$|^[^\s@]+@localhost$/u;

export const looksLikeMail = (text: string): boolean => MAIL.test(text.trim());

/** The same for a code that was kept without its problem. */
export function explainCode(code: string | undefined): string {
  const key = `problem.${code ?? ""}`;
  return has(key) ? t(key) : t("problem.unknown");
}
