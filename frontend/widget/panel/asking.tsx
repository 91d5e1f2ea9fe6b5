/** Asking about one's data: the six rights, in the server's words, and how far each request is. */
import { createClient } from "../../shared/api";
import { useSignal } from "../view/signals";
import type { Panel } from "./panel";
import { K } from "./texts/keys";
import { Prose } from "./words";

interface Own {
  id: string;
  due_on: string;
  texts: { kind: string; state: string; due: string | null };
  letters: { subject: string; text: string }[];
}

interface Asked {
  items: Own[];
  form: { kind: string; kinds: Record<string, string>; text: string; hint: string; button: string };
}

const PATH = "/v1/widget/me/requests";

export function Asking({ panel }: { panel: Panel }) {
  const { text, session } = panel;
  const asked = useSignal<Asked | null>(null);
  const failed = useSignal(false);
  const busy = useSignal(false);
  const token = session.token.value;
  if (!token) {
    return (
      <a
        class="wide"
        href={`/rights/${panel.site}?language=${text.language}`}
        target="_blank"
        rel="noopener"
      >
        {text.t(K.ask_data)}
      </a>
    );
  }
  const client = createClient({ token: () => token });
  const attempt = async (work: () => Promise<unknown>) => {
    // A second press asks nothing twice.
    if (busy.value) return;
    busy.value = true;
    failed.value = false;
    try {
      await work();
      asked.value = await client.get<Asked>(PATH);
    } catch {
      failed.value = true;
    }
    busy.value = false;
  };
  const send = (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const { kind, text: words } = Object.fromEntries(new FormData(form));
    void attempt(async () => {
      await client.post(PATH, { kind, text: words });
      form.reset();
    });
  };
  const date = new Intl.DateTimeFormat(text.language, { dateStyle: "long", timeZone: "UTC" });
  const { items = [], form } = asked.value ?? {};
  return (
    <details
      class="asking"
      onToggle={(event) => {
        if (event.currentTarget.open) void attempt(async () => {});
      }}
    >
      <summary>{text.t(K.ask_data)}</summary>
      <p class="wrong" role="alert">
        {failed.value && text.t(K.try_failed)}
      </p>
      <div role="status">
        {items.map(({ id, texts, letters, due_on }) => (
          <div class="question" key={id}>
            <h3>{texts.kind}</h3>
            <p>
              {texts.state}{" "}
              {texts.due && `· ${texts.due.replace("{due}", date.format(new Date(due_on)))}`}
            </p>
            {letters.map((letter) => (
              <details key={letter.text}>
                <summary>{letter.subject}</summary>
                <div class="prose" dir="auto">
                  <Prose text={letter.text} />
                </div>
              </details>
            ))}
          </div>
        ))}
      </div>
      {form && (
        <form onSubmit={send}>
          <fieldset>
            <legend>{form.kind}</legend>
            {Object.entries(form.kinds).map(([kind, word]) => (
              <label key={kind}>
                <input type="radio" name="kind" value={kind} required /> {word}
              </label>
            ))}
          </fieldset>
          <label>
            {form.text}
            <textarea name="text" maxLength={5000} rows={3} placeholder={form.hint} dir="auto" />
          </label>
          <button type="submit" class="wide" aria-disabled={busy.value}>
            {form.button}
          </button>
        </form>
      )}
    </details>
  );
}
