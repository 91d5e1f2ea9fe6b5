/** What is stored about the visitor, and the way to be forgotten on this device. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import type { Panel } from "./panel";

export function Privacy({ panel }: { panel: Panel }) {
  const { text, session, privacy } = panel;
  const asking = useSignal(false);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  const something = session.token.value !== null || session.pending.value.length > 0;
  return (
    <section class="privacy" aria-label={text.t("privacy")}>
      <button
        type="button"
        class="quiet"
        ref={back}
        onClick={() => {
          privacy.value = false;
        }}
      >
        <Icon name="back" />
        {text.t("back")}
      </button>
      <h2>{text.t("stored")}</h2>
      {something ? <Stored panel={panel} /> : <p>{text.t("stored_nothing")}</p>}
      {something && !asking.value && (
        <button
          type="button"
          class="wide"
          onClick={() => {
            asking.value = true;
          }}
        >
          {text.t("forget")}
        </button>
      )}
      {something && asking.value && (
        <div class="ask" role="alert">
          <p>{text.t("forget_what")}</p>
          <div class="choices">
            <button
              type="button"
              onClick={() => {
                asking.value = false;
              }}
            >
              {text.t("forget_no")}
            </button>
            <button type="button" onClick={() => void panel.forget()}>
              {text.t("forget_yes")}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}

/** The language's name in another one; its code when it has none. */
function languageName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function Stored({ panel: { text, session } }: { panel: Panel }) {
  const visitor = session.me.value?.visitor;
  const count = session.conversation.last;
  const lines: [string, string | null | undefined][] = [
    [text.t("language"), languageName(visitor?.language || text.language, text.language)],
    [text.t("name"), visitor?.name],
    [text.t("email"), visitor?.email],
    [text.t("phone"), visitor?.phone],
    [text.t("chat"), count > 0 ? text.t("messages", { count }) : null],
    [text.t("device"), text.t("device_keeps")],
  ];
  return (
    <dl>
      {lines.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
