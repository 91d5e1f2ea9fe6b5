/** The clock of a breach: nothing stops it but telling the authority. */
import { language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { full, now } from "../parts/when";
import type { Breach } from "./shapes";

/** How much time is left; it goes on while one looks. */
export function ClockLine({ breach }: { breach: Breach }) {
  const { deadline_at, told_at } = breach.clock;
  if (told_at) {
    return <small>{t("breach.told", { date: full(told_at, language.value) })}</small>;
  }
  if (breach.decision === "not-needed") {
    return <small>{t("breach.decision_not_needed")}</small>;
  }
  const left = (Date.parse(deadline_at) - now.value) / 3_600_000;
  const hours = Math.floor(Math.abs(left));
  return (
    <small class="breach-clock">
      <Icon name={left < 24 ? "alert" : "clock"} size={16} />
      <span>
        {t(left < 0 ? "breach.over" : "breach.left", { count: hours })}
        {" · "}
        {t("breach.until", { date: full(deadline_at, language.value) })}
      </span>
    </small>
  );
}
