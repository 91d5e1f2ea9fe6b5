/** The password asked again: a wrong one is said at its field, in the language of the page. */
import { Problem } from "../../shared/api";
import { t } from "../i18n/words";

export function passwordRefused(cause: unknown, field = "password"): unknown {
  if (!(cause instanceof Problem)) return cause;
  const meant = cause.errors.some((error) => error.field === field);
  if (cause.code !== "wrong_credentials" && !meant) return cause;
  const errors = [{ field, message: t("wrong.current_password") }];
  return new Problem(cause.status, "invalid", cause.detail, errors);
}
