/** What is held: each thing by its name, and what the visitor said of themselves to correct. */
import { useEffect, useRef } from "preact/hooks";
import { Problem } from "../../shared/api";
import { useSignal } from "../view/signals";
import { isMessage } from "./conversation";
import type { Panel } from "./panel";
import { K, type Key } from "./texts/keys";

const KINDS = { name: "text", email: "email", phone: "tel" } as const;
type Field = keyof typeof KINDS;
const NAMES = { name: K.name, email: K.email, phone: K.phone };

/** The language's name in another one; its code when it has none. */
function languageName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function Held({ panel }: { panel: Panel }) {
  const { text, session } = panel;
  const visitor = session.own.me.value?.visitor;
  const { events, more, last } = session.conversation;
  // Of a long chat only the end is here, and what else has happened counts with it.
  const count = more.value ? last : events.value.filter(isMessage).length;
  const lines: [Key, string | null | undefined][] = [
    [K.language, languageName(visitor?.language || text.language, text.language)],
    [K.page, visitor?.page_url],
    [K.team, count > 0 ? text.t(K.messages, { count }) : null],
    [K.device, text.t(K.device_keeps)],
  ];
  return (
    <dl>
      {visitor &&
        (Object.keys(KINDS) as Field[]).map((field) => (
          <Own key={field} panel={panel} field={field} value={visitor[field] ?? ""} />
        ))}
      {lines.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{text.t(name)}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Own({ panel, field, value }: { panel: Panel; field: Field; value: string }) {
  const { text, session } = panel;
  const draft = useSignal<string | null>(null);
  const wrong = useSignal<Key | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const change = useRef<HTMLButtonElement>(null);
  const editing = draft.value !== null;
  const was = useRef(editing);
  useEffect(() => {
    if (was.current !== editing) (editing ? input : change).current?.focus();
    was.current = editing;
  }, [editing]);
  const close = () => {
    draft.value = null;
    wrong.value = null;
  };
  const save = async () => {
    const said = draft.value?.trim() ?? "";
    try {
      if (!input.current?.checkValidity()) throw new Problem(422, "invalid", "");
      if (said !== value) await session.own.correct({ [field]: said || null });
      close();
    } catch (cause) {
      const code = cause instanceof Problem ? cause.code : "";
      wrong.value =
        code === "marketing_answer_required"
          ? K.choose_first
          : code !== "invalid"
            ? K.try_failed
            : field === "email"
              ? K.email_wrong
              : K.field_wrong;
      input.current?.focus();
    }
  };
  const name = text.t(NAMES[field]);
  if (!editing) {
    return (
      <div>
        <dt>{name}</dt>
        <dd>
          <bdi>{value || text.t(K.unset)}</bdi>{" "}
          <button
            type="button"
            class="link"
            ref={change}
            aria-label={`${text.t(K.change)}: ${name}`}
            onClick={() => {
              draft.value = value;
            }}
          >
            {text.t(K.change)}
          </button>
        </dd>
      </div>
    );
  }
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
          }}
        >
          <input
            ref={input}
            type={KINDS[field]}
            list={undefined}
            autocomplete={field === "phone" ? "tel" : field}
            maxLength={200}
            dir={field === "name" ? "auto" : "ltr"}
            aria-label={name}
            aria-invalid={wrong.value !== null}
            aria-describedby={`wrong-${field}`}
            value={draft.value ?? ""}
            onInput={(event) => {
              draft.value = event.currentTarget.value;
            }}
          />
          <p class="wrong" id={`wrong-${field}`} role="alert">
            {wrong.value && text.t(wrong.value)}
          </p>
          <div class="choices">
            <button type="button" onClick={close}>
              {text.t(K.cancel)}
            </button>
            <button type="submit">{text.t(K.save)}</button>
          </div>
        </form>
      </dd>
    </div>
  );
}
