/** When a request has to be answered, in words and in colour. */
import { language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { day } from "../parts/when";
import { isClosed, type Listed } from "./shapes";

const SOON = 7;

/** A day without a time, as the language writes it; noon, so that no zone moves it. */
export const dayOf = (iso: string): string => day(`${iso}T12:00:00`, language.value);

export function Due({ request }: { request: Listed }) {
  const { days_left: left, due_on: dueOn, closed_at: closedAt } = request;
  if (isClosed(request)) {
    return (
      <span class="due due-over">
        {t("requests.closed_on", { date: closedAt ? day(closedAt, language.value) : "" })}
      </span>
    );
  }
  if (request.stopped) {
    return (
      <span class="due due-soon">
        <Icon name="clock" size={16} />
        {t("requests.stopped")}
      </span>
    );
  }
  const late = left < 0;
  const kind = late ? "due-late" : left <= SOON ? "due-soon" : "";
  return (
    <time class={`due ${kind}`} dateTime={dueOn} title={dayOf(dueOn)}>
      {(late || left <= SOON) && <Icon name={late ? "alert" : "clock"} size={16} />}
      {late
        ? t("requests.due_late", { count: -left })
        : left === 0
          ? t("requests.due_today")
          : t("requests.due_in", { count: left })}
    </time>
  );
}
