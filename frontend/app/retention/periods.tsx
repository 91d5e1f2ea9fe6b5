/** How long each class is kept, in plain words, with what of it would go now. */
import { useId } from "preact/hooks";
import { language, t } from "../i18n/words";
import { capital, day } from "../parts/when";
import { settings, trySettings } from "../settings/account-settings";
import type { ClassDue, Elsewhere, Unit } from "./shapes";

/** What is offered; what the account has set otherwise is offered too. */
const CHOICES: Record<Unit, readonly number[]> = {
  hours: [1, 6, 12, 24, 48, 72, 168, 720],
  days: [1, 7, 14, 30, 90, 180, 365],
  months: [0, 1, 3, 6, 12, 18, 24, 36, 60, 120],
};
const LEAST: Partial<Record<string, number>> = {
  visit: 1,
  conversation: 1,
  security: 7,
  audit: 12,
  export: 1,
};
const UNITS = { hours: "hour", days: "day", months: "month" } as const;

const spoken = (count: number, unit: Unit): string =>
  new Intl.NumberFormat(language.value, {
    style: "unit",
    unit: UNITS[unit],
    unitDisplay: "long",
  }).format(count);

export function Periods({ classes }: { classes: ClassDue[] }) {
  return (
    <ul class="lines">
      {classes.map((one) => (
        <Line key={one.code} one={one} />
      ))}
    </ul>
  );
}

const ELSEWHERE = {
  "failed-jobs": "retention.failed_jobs",
  backups: "retention.backups",
  numbers: "retention.numbers",
} as const;

/** What is the same for every account: backups, failed work, numbers. */
export function Others({ elsewhere }: { elsewhere: Elsewhere[] }) {
  return (
    <>
      <h3>{t("retention.elsewhere")}</h3>
      <ul class="lines">
        {elsewhere.map(({ code, name, period }) => (
          <li key={code}>
            <span class="line-main">{t(ELSEWHERE[name])}</span>
            <span>
              {period === null ? capital(t("retention.no_person")) : spoken(period, "days")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Line({ one }: { one: ClassDue }) {
  const id = useId();
  const { name, unit, most, setting } = one;
  // As it was just set; what would go follows when it is counted.
  const set = setting === null ? undefined : settings.value?.privacy.retention[setting];
  const period = set ?? one.period;
  const least = LEAST[name] ?? 0;
  // Of proofs of consent, none may be kept.
  const lengths = name === "consent" ? [0, ...CHOICES[unit]] : CHOICES[unit];
  const offered = lengths.filter((count) => count >= least && count <= most);
  const choices = [...new Set([...offered, period])].sort((a, b) => a - b);
  const choose = (count: number): void => {
    if (setting === null) return;
    const patch = (value: number) => ({ privacy: { retention: { [setting]: value } } });
    void trySettings(patch(count), patch(period));
  };
  return (
    <li>
      <span class="line-main">
        <b>{t(`retention.${name}`)}</b>
        <small>{capital(t(`retention.${name}_text`))}</small>
        <small>{t("retention.now", { what: due(one) })}</small>
      </span>
      {setting === null ? (
        <span>{spoken(period, unit)}</span>
      ) : (
        <div class="field">
          <label class="spoken" for={id}>
            {t("retention.period", { name: t(`retention.${name}`) })}
          </label>
          <select
            id={id}
            value={String(period)}
            onChange={(event) => choose(Number(event.currentTarget.value))}
          >
            {choices.map((count) => (
              <option key={count} value={String(count)}>
                {spoken(count, unit)}
              </option>
            ))}
          </select>
        </div>
      )}
    </li>
  );
}

/** "3 people, 12 files, 5 entries, the oldest of 3 Mar 2025". */
function due({ people, rows, files, oldest }: ClassDue): string {
  const parts = [
    ...(people > 0 ? [t("retention.people", { count: people })] : []),
    ...(files > 0 ? [t("retention.files", { count: files })] : []),
    ...(rows > 0 ? [t("retention.rows", { count: rows })] : []),
  ];
  if (parts.length === 0) return t("retention.nothing");
  const what = parts.join(", ");
  return oldest ? t("retention.oldest", { what, date: day(oldest, language.value) }) : what;
}
