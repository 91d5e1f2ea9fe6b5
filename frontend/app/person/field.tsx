/** One detail of a person, edited where it stands and saved when it is left. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ChatVisitor } from "../../shared/types";
import { t } from "../i18n/words";
import { FieldError } from "../parts/field";
import { explain, looksLikeMail, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
import { changePerson, type Person } from "../store/actions";

const TYPES = { name: "text", email: "email", phone: "tel" } as const;

interface Props {
  visitor: ChatVisitor;
  field: keyof Person;
}

export function PersonField({ visitor, field }: Props) {
  const id = useId();
  const known = visitor[field] ?? "";
  const [text, setText] = useState(known);
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const editing = useRef(false);
  // What somebody else has changed shows, unless it is being written here.
  useEffect(() => {
    if (!editing.current) setText(known);
  }, [known]);

  const save = async (value: string): Promise<void> => {
    if (field === "email" && value && !looksLikeMail(value)) {
      setWrong(t("wrong.email"));
      return;
    }
    try {
      await changePerson(visitor.id, { [field]: value || null });
      setWrong(undefined);
    } catch (cause) {
      const found = wrongFields(cause)[field];
      setWrong(found ?? explain(cause));
      setText(value);
      throw cause;
    }
  };

  const leave = async (): Promise<void> => {
    editing.current = false;
    const value = text.trim();
    if (value === known) {
      setText(known);
      setWrong(undefined);
      return;
    }
    const before = known;
    try {
      await save(value);
      if (field === "email" && value && !looksLikeMail(value)) return;
      toast(t("saved"), { undo: () => void save(before).catch(ignoreShown) });
    } catch (cause) {
      ignoreShown(cause);
    }
  };

  return (
    <div class={wrong ? "person-field field-wrong" : "person-field"}>
      <label for={id}>{t(`person.${field}`)}</label>
      <input
        id={id}
        // The types of Preact list the attributes per kind; these are allowed for all three.
        type={TYPES[field] as "text"}
        value={text}
        dir="auto"
        autocomplete="off"
        placeholder={t(`person.add_${field}`)}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-error` : undefined}
        onFocus={() => {
          editing.current = true;
        }}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setWrong(undefined);
        }}
        onBlur={() => void leave()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            event.stopPropagation();
            setText(known);
            setWrong(undefined);
          }
        }}
      />
      <FieldError id={`${id}-error`} text={wrong} />
    </div>
  );
}

/** The field already says what went wrong. */
function ignoreShown(cause: unknown): void {
  if (!(cause instanceof Error)) throw cause;
}
