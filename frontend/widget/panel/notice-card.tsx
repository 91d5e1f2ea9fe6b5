/** The legal text, quietly above the composer, with the buttons that it needs. */
import { useEffect, useRef } from "preact/hooks";
import type { Panel } from "./panel";
import { K } from "./texts/keys";
import { Prose } from "./words";

export function NoticeCard({ panel }: { panel: Panel }) {
  const { notice, session, text } = panel;
  const { answer, changed, due } = notice;
  const current = notice.current.value;
  const held = notice.held.value;
  const declined = answer.value === "declined";
  const words = useRef<HTMLDivElement>(null);
  const again = useRef<HTMLButtonElement>(null);
  const begun = session.token.value || session.sending.pending.value.length > 0;
  const shown = current !== null && (due.value || !begun) && answer.value !== "agreed";
  // Everything that is on the screen has been shown; who listens is told by the focus.
  useEffect(() => {
    if (shown && !declined) notice.saw();
  });
  useEffect(() => {
    if (held > 0) words.current?.focus();
  }, [held, current]);
  useEffect(() => again.current?.focus(), [declined]);
  if (!shown) return null;
  if (declined) {
    return (
      <aside class="notice" aria-label={text.t(K.notice_name)}>
        <p>{text.t(K.declined)}</p>
        <div class="choices">
          <button
            type="button"
            ref={again}
            onClick={() => {
              notice.held.value += 1;
              answer.value = "open";
            }}
          >
            {text.t(K.show_notice)}
          </button>
        </div>
      </aside>
    );
  }
  return (
    <aside class="notice" aria-label={text.t(K.notice_name)}>
      {changed.value && (
        <p class="changed" role="status">
          {text.t(K.notice_changed)}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="prose" lang={current.language} dir="auto" tabIndex={0} ref={words}>
        <Prose text={current.text} />
      </div>
      {current.requires_agreement && (
        <div class="choices">
          <button
            type="button"
            onClick={() => {
              answer.value = "declined";
            }}
          >
            {text.t(K.decline)}
          </button>
          <button type="button" onClick={() => panel.agree()}>
            {text.t(K.agree)}
          </button>
        </div>
      )}
    </aside>
  );
}
