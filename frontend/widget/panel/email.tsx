/** Asks for the e-mail address in the conversation, and for the permission that goes with it. */
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../../shared/api";
import { useSignal } from "../view/signals";
import { YES_NO, YesOrNo } from "./choice";
import type { Panel } from "./panel";
import { K, type Key } from "./texts/keys";
import { Prose } from "./words";

export function EmailCard({ panel }: { panel: Panel }) {
  return panel.email.asks.value ? <Asking panel={panel} /> : <Given panel={panel} />;
}

function Asking({ panel }: { panel: Panel }) {
  const { email, text } = panel;
  const { request, question } = email;
  const field = useRef<HTMLInputElement>(null);
  const choice = useRef<HTMLDivElement>(null);
  const wrong = useSignal<Key | null>(null);
  const busy = useSignal(false);
  useEffect(() => {
    panel.spoken.value = text.t(K.email_title);
  }, []);
  const complain = (key: Key) => {
    wrong.value = key;
    const first = choice.current?.querySelector("button");
    (key === K.choose ? first : field.current)?.focus();
  };
  const save = async () => {
    if (busy.value) return;
    if (!field.current?.checkValidity() || !email.address.value.trim()) {
      return complain(K.email_wrong);
    }
    if (question && !email.answer.value) return complain(K.choose);
    busy.value = true;
    wrong.value = null;
    try {
      await email.save();
    } catch (cause) {
      const code = cause instanceof Problem ? cause.code : "";
      if (code !== "marketing_answer_required" && code !== "notice_stale") {
        return complain(code === "invalid" ? K.email_wrong : K.try_failed);
      }
      // Asked in other words since this page was opened: those are shown, and then answered.
      email.answer.value = null;
      await panel.reload();
      complain(K.choose);
    } finally {
      busy.value = false;
    }
  };
  const words = request?.enabled ? request.text : null;
  return (
    <form
      class="card"
      noValidate
      aria-labelledby="email-title"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 id="email-title">{text.t(K.email_title)}</h2>
      <Prose text={words || text.t(K.email_why)} />
      <input
        ref={field}
        type="email"
        autocomplete="email"
        maxLength={254}
        dir="ltr"
        placeholder="name@example.com"
        aria-label={text.t(K.email)}
        aria-invalid={wrong.value === K.email_wrong}
        aria-describedby="email-wrong"
        value={email.address.value}
        onInput={(event) => {
          email.address.value = event.currentTarget.value;
        }}
      />
      {wrong.value !== K.choose && <Wrong panel={panel} wrong={wrong.value} />}
      {question && (
        <div class="question" ref={choice} lang={question.language}>
          <Prose text={question.text} />
          <YesOrNo
            panel={panel}
            label={text.t(K.marketing)}
            current={email.answer.value}
            wrong="email-wrong"
            onAnswer={(answer) => {
              email.answer.value = answer;
              wrong.value = null;
            }}
          />
        </div>
      )}
      {wrong.value === K.choose && <Wrong panel={panel} wrong={wrong.value} />}
      <div class="choices last">
        <button
          type="button"
          onClick={() => {
            email.dismiss();
            panel.writing.value = true;
          }}
        >
          {text.t(K.decline)}
        </button>
        <button type="submit" aria-disabled={busy.value}>
          {text.t(K.save)}
        </button>
      </div>
    </form>
  );
}

function Wrong({ panel, wrong }: { panel: Panel; wrong: Key | null }) {
  return (
    <p class="wrong" id="email-wrong" role="alert">
      {wrong && panel.text.t(wrong)}
    </p>
  );
}

/** What was given, and the way to change it. */
function Given({ panel }: { panel: Panel }) {
  const line = useRef<HTMLParagraphElement>(null);
  const { text, session } = panel;
  const { visitor, marketing } = session.own.me.value ?? {};
  useEffect(() => line.current?.focus(), []);
  return (
    <p class="hint" tabIndex={-1} ref={line}>
      {text.t(K.email_saved, { email: visitor?.email ?? "" })}
      {marketing?.answer && ` ${text.t(K.marketing)}: ${text.t(YES_NO[marketing.answer])}.`}{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          panel.privacy.value = true;
        }}
      >
        {text.t(K.change)}
      </button>
    </p>
  );
}
