/** Finding the other entry of the same person, and saying plainly what merging does. */
import { useEffect, useId, useState } from "preact/hooks";
import type { Visitor, VisitorCard } from "../../shared/types";
import { nameOf } from "../conversation/naming";
import { t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Avatar } from "../parts/avatar";
import { Dialog, DialogEnd } from "../parts/dialog";
import { FieldError, TextField } from "../parts/field";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { useVisitors } from "../visitors/listing";
import { merge, part } from "./cards";

const SHOWN = 8;

/** What of a person finds them again: the same address most likely, else the same name. */
const clue = ({ email, name }: VisitorCard): string => email ?? name ?? "";

export function MergeDialog({ card, onClose }: { card: VisitorCard; onClose: () => void }) {
  const id = useId();
  const [query, setQuery] = useState(clue(card));
  const { listed } = useVisitors(query, "any");
  const [other, setOther] = useState<Visitor | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const found = listed.items.filter((one) => one.id !== card.id).slice(0, SHOWN);
  const { loaded, loading } = listed;
  const count = t("merge.found", { count: found.length });
  useEffect(() => {
    if (loaded && !loading) announce(count);
  }, [loaded, loading, count]);

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!other) return setMissing(true);
    setBusy(true);
    setFailure(null);
    try {
      await merge(other.id, card.id);
      onClose();
      const undo = (): void =>
        void part(other.id).catch((cause) => toast(explain(cause), { failed: true }));
      toast(t("merge.done", { name: nameOf(other), main: nameOf(card) }), { undo });
    } catch (cause) {
      setFailure(explain(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("merge.dialog", { name: nameOf(card) })} onClose={onClose}>
      <form onSubmit={(event) => void send(event)} noValidate>
        <TextField
          label={t("merge.search")}
          name="other"
          autocomplete="off"
          value={query}
          onInput={(typed) => {
            setQuery(typed);
            setOther(null);
          }}
        />
        <fieldset class="merge-found" aria-describedby={missing ? `${id}-error` : undefined}>
          <legend class="spoken">{t("merge.choose")}</legend>
          {found.map((one) => (
            <Candidate
              key={one.id}
              one={one}
              chosen={other?.id === one.id}
              onChoose={() => {
                setOther(one);
                setMissing(false);
                setFailure(null);
              }}
            />
          ))}
          {loaded && !loading && found.length === 0 && <p class="notice">{t("merge.none")}</p>}
          <FieldError id={`${id}-error`} text={missing ? t("merge.choose") : undefined} />
        </fieldset>
        {other && <What card={card} other={other} />}
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("merge.do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}

interface CandidateProps {
  one: Visitor;
  chosen: boolean;
  onChoose: () => void;
}

function Candidate({ one, chosen, onChoose }: CandidateProps) {
  const name = nameOf(one);
  return (
    <label class="merge-candidate">
      <input type="radio" name="candidate" checked={chosen} onChange={onChoose} />
      <Avatar id={one.id} name={one.name} size="s" />
      <span class="line-main">
        <b dir="auto">{name}</b>
        {one.email && one.email !== name && <small dir="auto">{one.email}</small>}
      </span>
      <small>
        <Ago at={one.last_seen_at} />
      </small>
    </label>
  );
}

/** What happens, in the order in which one would ask. */
function What({ card, other }: { card: VisitorCard; other: Visitor }) {
  const names = { name: nameOf(other), main: nameOf(card) };
  return (
    <div class="merge-what" aria-live="polite">
      <p>{t("merge.what", names)}</p>
      <ul>
        <li>{t("merge.what_card", names)}</li>
        <li>{t("merge.what_rights", names)}</li>
        <li>{t("merge.what_widget", names)}</li>
        <li>{t("merge.what_undo", names)}</li>
      </ul>
    </div>
  );
}
