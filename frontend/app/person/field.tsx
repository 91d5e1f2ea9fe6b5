/** One detail of a person, edited where it stands and saved when it is left. */
import { useId } from "preact/hooks";
import type { ChatVisitor } from "../../shared/types";
import { t } from "../i18n/words";
import { FieldError } from "../parts/field";
import { explain, looksLikeMail, wrongFields } from "../parts/problem";
import { toast } from "../parts/toast";
import { useTyped } from "../parts/typed";
import { changePerson, type Person } from "../store/actions";

const TYPES = { name: "text", email: "email", phone: "tel" } as const;

interface Props {
  visitor: ChatVisitor;
  field: keyof Person;
}

export function PersonField({ visitor, field }: Props) {
  const id = useId();
  const known = visitor[field] ?? "";
  const { text, wrong, type, forget, leave } = useTyped({
    known,
    of: visitor.id,
    check: (value) =>
      field === "email" && value && !looksLikeMail(value) ? t("wrong.email") : undefined,
    save: async (value) => {
      await changePerson(visitor.id, { [field]: value || null });
      toast(t("saved"), { undo: () => void putBack(visitor.id, { [field]: known || null }) });
    },
    why: (cause) => wrongFields(cause)[field] ?? explain(cause),
  });

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
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={() => void leave()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            event.stopPropagation();
            forget();
          }
        }}
      />
      <FieldError id={`${id}-error`} text={wrong} />
    </div>
  );
}

async function putBack(visitorId: string, change: Partial<Person>): Promise<void> {
  try {
    await changePerson(visitorId, change);
    toast(t("undone"));
  } catch (cause) {
    toast(explain(cause), { failed: true });
  }
}
