/** The state of a form that is sent as a whole: values, what is wrong, whether it is on its way. */
import { useRef, useState } from "preact/hooks";
import { announce } from "./announce";
import { explain, type Wrong, wrongFields } from "./problem";

interface Options<T> {
  start: T;
  /** Says what is wrong before anything is sent. */
  check: (values: T) => Wrong;
  send: (values: T) => Promise<void>;
}

export function useForm<T extends Record<string, string | boolean>>(options: Options<T>) {
  const [values, setValues] = useState<T>(options.start);
  const [wrong, setWrong] = useState<Wrong>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const set = <K extends keyof T>(name: K, value: T[K]): void => {
    setValues((before) => ({ ...before, [name]: value }));
    if (wrong[name as string]) setWrong((before) => ({ ...before, [name]: undefined }));
    setFailure(null);
  };

  const refuse = (found: Wrong, text: string | null): void => {
    setWrong(found);
    setFailure(text);
    const said = [text, ...Object.values(found)].filter(Boolean).join(". ");
    announce(said, { urgent: true });
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    });
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const found = options.check(values);
    if (Object.values(found).some(Boolean)) return refuse(found, null);
    setBusy(true);
    setFailure(null);
    try {
      await options.send(values);
    } catch (cause) {
      const fields = wrongFields(cause);
      const placed = Object.keys(fields).some((name) => name in values);
      refuse(fields, placed ? null : explain(cause));
    } finally {
      setBusy(false);
    }
  };

  return { values, set, wrong, failure, busy, submit, form, refuse, setValues };
}
