/** What the server takes as a new password. */
import { t } from "../i18n/words";

const SHORTEST = 12;
const LONGEST = 128;

/** Says what is wrong with a new password; its length is all that is asked of it. */
export function passwordWrong(password: string): string | undefined {
  const length = [...password].length;
  if (length < SHORTEST) return t("wrong.password_short", { count: SHORTEST - length });
  if (length > LONGEST) return t("wrong.password_long", { count: LONGEST });
  return undefined;
}
