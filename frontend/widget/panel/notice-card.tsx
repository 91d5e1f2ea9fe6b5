/** The legal text, quietly above the composer, with the buttons that it needs. */

import { Words } from "./messages";
import type { Panel } from "./panel";

export function NoticeCard({ panel }: { panel: Panel }) {
  const { notice, session, text } = panel;
  const { current, answer, changed } = notice;
  if (!current.value || session.token.value || session.pending.value.length > 0) return null;
  if (answer.value === "agreed") return null;
  const { requires_agreement, language } = current.value;
  if (answer.value === "declined") {
    return (
      <aside class="notice" aria-label={text.t("notice")}>
        <p>{text.t("declined")}</p>
        <div class="choices">
          <button type="button" onClick={() => decide("open")}>
            {text.t("show_notice")}
          </button>
        </div>
      </aside>
    );
  }
  function decide(to: typeof answer.value) {
    answer.value = to;
  }
  const agree = () => {
    decide("agreed");
    panel.send(panel.draft.value);
  };
  return (
    <aside class="notice" aria-label={text.t("notice")}>
      {changed.value && <p class="changed">{text.t("notice_changed")}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="words" lang={language} dir="auto" tabIndex={0}>
        <Words text={current.value.text} />
      </div>
      {requires_agreement && (
        <div class="choices">
          <button type="button" onClick={() => decide("declined")}>
            {text.t("decline")}
          </button>
          <button type="button" onClick={agree}>
            {text.t("agree")}
          </button>
        </div>
      )}
    </aside>
  );
}
