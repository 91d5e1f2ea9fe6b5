/**
 * A text that is saved when its field is left. What is known stands in the field until somebody
 * types, then theirs, until it is kept: what arrives late writes over nothing. What could not be
 * kept stays, with the reason.
 */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { explainField } from "./problem";

interface Options {
  known: string;
  /** Keeps the value. Throws what the server said. */
  save: (value: string) => Promise<unknown>;
  /** What is wrong with a value before it is sent. */
  check?: ((value: string) => string | undefined) | undefined;
  /** Why it was refused, at the field; nothing when that is said elsewhere. */
  why?: (cause: unknown) => string | undefined;
  /** Which text it is where one field shows several, such as the language. */
  of?: string;
}

type Texts = Readonly<Record<string, string | undefined>>;

export function useTyped(options: Options) {
  const { known, of = "" } = options;
  const typed = useSignal<Texts>({});
  const wrong = useSignal<Texts>({});
  const latest = useRef(options);
  latest.current = options;
  const put = (text: string | undefined, reason?: string): void => {
    typed.value = { ...typed.peek(), [of]: text };
    wrong.value = { ...wrong.peek(), [of]: reason };
  };

  /** Save a value; one that is refused stands in the field. Answers whether it was kept. */
  const send = async (value: string, text = value): Promise<boolean> => {
    const { save, check, why = explainField } = latest.current;
    const reason = check?.(value);
    if (reason) put(text, reason);
    if (reason) return false;
    try {
      await save(value);
      return true;
    } catch (cause) {
      // What was typed since speaks for itself.
      const newer = typed.peek()[of];
      if (newer === undefined || newer === text) put(text, why(cause));
      return false;
    }
  };

  /** Save what is typed, while it may be typed on. */
  const keep = async (): Promise<boolean> => {
    const text = typed.peek()[of];
    if (text === undefined || text.trim() === latest.current.known) return true;
    return send(text.trim(), text);
  };

  /** The field is left: save, and show again what is known. */
  const leave = async (): Promise<void> => {
    const text = typed.peek()[of];
    if ((await keep()) && typed.peek()[of] === text) put(undefined);
  };

  return {
    text: typed.value[of] ?? known,
    wrong: wrong.value[of],
    /** Whether what is shown was typed here. */
    typing: typed.value[of] !== undefined,
    type: (text: string): void => put(text),
    forget: (): void => put(undefined),
    keep,
    leave,
    send,
  };
}
