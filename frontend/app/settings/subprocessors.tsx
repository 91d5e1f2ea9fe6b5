/** Companies that take part in the processing, and objecting to one that is announced. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, t } from "../i18n/words";
import { useBusy } from "../parts/busy";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import type { Subprocessor } from "../privacy/legal-shapes";
import { client } from "../store/client";
import { Part } from "./page";

export function Subprocessors() {
  const [items, setItems] = useState<readonly Subprocessor[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [against, setAgainst] = useState<Subprocessor | null>(null);
  const load = useCallback(() => {
    client
      .get<List<Subprocessor>>("/v1/legal/subprocessors")
      .then((list) => setItems(list.items))
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  return (
    <Part title={t("subprocessors.title")} text={t("subprocessors.lead")}>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {items?.length === 0 && <p class="notice">{t("subprocessors.none")}</p>}
      {items && items.length > 0 && (
        <ul class="lines">
          {items.map((one) => (
            <Line key={one.id} one={one} onObject={() => setAgainst(one)} onChanged={load} />
          ))}
        </ul>
      )}
      {against && <Objecting one={against} onClose={() => setAgainst(null)} onDone={load} />}
    </Part>
  );
}

interface LineProps {
  one: Subprocessor;
  onObject: () => void;
  onChanged: () => void;
}

const SWITCHES = {
  files: "subprocessors.switch_files",
  "visitor-mail": "subprocessors.switch_visitor_mail",
  none: "subprocessors.switch_none",
} as const;

/** What an objection switches off, or that there is nothing to switch. */
const switched = ({ feature }: Subprocessor): string => t(SWITCHES[feature ?? "none"]);

function Line({ one, onObject, onChanged }: LineProps) {
  const { busy, run } = useBusy();
  const withdraw = (): Promise<void> =>
    run(async () => {
      await client.del(`/v1/legal/subprocessors/${encodeURIComponent(one.id)}/objections`);
      onChanged();
    });
  const date = day(one.in_force_from, language.value);
  return (
    <li>
      <span class="line-main">
        <b dir="auto">{one.name}</b>
        <small>
          <bdi>{one.purpose}</bdi> · <bdi>{one.location}</bdi>
        </small>
        {one.state === "announced" && <small>{t("subprocessors.announced", { date })}</small>}
        {one.state === "objected" && <small>{t("subprocessors.objected")}</small>}
        {one.state !== "in-force" && <small>{switched(one)}</small>}
      </span>
      {one.state === "objected" && (
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy}
          onClick={() => void withdraw()}
        >
          {t("subprocessors.withdraw")}
          <span class="spoken"> {one.name}</span>
        </button>
      )}
      {one.state === "announced" && (
        <button type="button" class="button button-small" onClick={onObject}>
          {t("subprocessors.object")}
          <span class="spoken"> {one.name}</span>
        </button>
      )}
    </li>
  );
}

interface ObjectingProps {
  one: Subprocessor;
  onClose: () => void;
  onDone: () => void;
}

function Objecting({ one, onClose, onDone }: ObjectingProps) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { reason: "" },
    check: () => ({}),
    send: async ({ reason }) => {
      await client.post(
        `/v1/legal/subprocessors/${encodeURIComponent(one.id)}/objections`,
        reason.trim() ? { reason: reason.trim() } : {},
      );
      toast(t("subprocessors.done"));
      onDone();
      onClose();
    },
  });
  return (
    <Dialog title={t("subprocessors.object_to", { name: one.name })} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t("subprocessors.reason")}
          name="reason"
          maxLength={2000}
          value={values.reason}
          error={wrong.reason}
          onInput={(text) => set("reason", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("subprocessors.object")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
