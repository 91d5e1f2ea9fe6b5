/** Taking one's data along, being forgotten by this device, and being erased. */
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "../view/signals";
import { Choice } from "./choice";
import { keep } from "./keep";
import type { Panel } from "./panel";
import { K, type Key } from "./texts/keys";

/** What is about to happen: each step has a way back of the same size. */
type Step = "forget" | "erase" | "sure";
const QUESTIONS: Record<Step, readonly [question: Key, back: Key, on: Key]> = {
  forget: [K.forget_what, K.forget_no, K.forget_yes],
  erase: [K.erase_what, K.erase_no, K.erase_next],
  sure: [K.erase_sure, K.erase_no, K.erase_yes],
};

export function Leaving({ panel }: { panel: Panel }) {
  const { text, session } = panel;
  const step = useSignal<Step | null>(null);
  const said = useSignal<Key | null>(null);
  const never = useSignal(false);
  const asked = useRef<HTMLParagraphElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const known = session.token.value !== null;
  useEffect(() => {
    if (step.value) asked.current?.focus();
    else opener.current?.focus();
  }, [step.value]);
  const begin = (to: Step) => (event: Event) => {
    opener.current = event.currentTarget as HTMLElement;
    said.value = null;
    step.value = to;
  };
  const answer = (on: boolean) => {
    const { value } = step;
    if (!on) step.value = null;
    else if (value === "forget") void panel.forget();
    else if (value === "erase") step.value = "sure";
    else {
      step.value = null;
      said.value = K.sending;
      panel.erase(never.value).catch(() => {
        said.value = K.try_failed;
      });
    }
  };
  const download = async () => {
    said.value = K.downloading;
    try {
      const answer = await session.fetch("export");
      const named = /filename="?([\w.-]+)/.exec(answer.headers.get("content-disposition") ?? "");
      keep(await answer.blob(), named?.[1] ?? "chat.zip");
      said.value = K.downloaded;
    } catch {
      said.value = K.try_failed;
    }
  };
  const question = step.value && QUESTIONS[step.value];
  const back = ["", question ? text.t(question[1]) : ""] as const;
  const on = ["on", question ? text.t(question[2]) : ""] as const;
  return (
    <div class="leaving">
      {known && (
        <button type="button" class="wide" onClick={() => void download()}>
          {text.t(K.download)}
        </button>
      )}
      {known && (
        <button type="button" class="wide" onClick={begin("erase")}>
          {text.t(K.erase)}
        </button>
      )}
      <button type="button" class="wide" onClick={begin("forget")}>
        {text.t(K.forget)}
      </button>
      <p role="status">{said.value && text.t(said.value)}</p>
      {question && (
        <div class="card">
          <p tabIndex={-1} ref={asked} key={step.value}>
            {text.t(question[0])}
          </p>
          {step.value === "sure" && session.own.me.value?.visitor.email && (
            <label>
              <input
                type="checkbox"
                checked={never.value}
                onChange={(event) => {
                  never.value = event.currentTarget.checked;
                }}
              />{" "}
              {text.t(K.erase_never)}
            </label>
          )}
          {/* Another order in the last step: who clicks twice has clicked on the way back. */}
          <Choice
            panel={panel}
            label={text.t(step.value === "forget" ? K.forget : K.erase)}
            answers={step.value === "sure" ? [on, back] : [back, on]}
            onAnswer={(to) => answer(to === "on")}
          />
        </div>
      )}
    </div>
  );
}
