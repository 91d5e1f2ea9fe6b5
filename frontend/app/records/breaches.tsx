/** The register of breaches: the list, entering one, and the deadline as it is set. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { plainDigits } from "../parts/digits";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { useTyped } from "../parts/typed";
import { go } from "../router/router";
import { href } from "../router/routes";
import { saveSettings } from "../settings/account-settings";
import { useSettings } from "../settings/general";
import { Part, SettingsPage } from "../settings/page";
import { client } from "../store/client";
import { OneBreach } from "./breach";
import { ClockLine } from "./clock";
import { iso, Lines, local, Moment } from "./pieces";
import type { Breach } from "./shapes";

export function BreachSettings({ chosen }: { chosen: string | null }) {
  const [items, setItems] = useState<readonly Breach[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [entering, setEntering] = useState(false);
  const load = useCallback(() => {
    client
      .get<List<Breach>>("/v1/breaches", { query: { limit: 200 } })
      .then((list) => setItems(list.items))
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  const before = useRef(chosen);
  const missing = chosen !== null && items !== null && !items.some(({ id }) => id === chosen);
  useEffect(() => {
    // Another breach, or the list again, is another page: one goes on at its title.
    if (before.current === chosen) return;
    before.current = chosen;
    document.querySelector<HTMLElement>("main")?.scrollTo(0, 0);
    document.querySelector<HTMLElement>("main h1")?.focus();
  }, [chosen]);
  const breach = items?.find(({ id }) => id === chosen);
  if (breach) {
    return (
      <SettingsPage
        title={t("breach.number", { number: breach.number })}
        lead={breach.title}
        action={
          <span class="settings-actions">
            <a class="button" href={address(null)}>
              <Icon name="back" size={18} />
              {t("breach.back")}
            </a>
          </span>
        }
      >
        <OneBreach breach={breach} onChanged={load} />
      </SettingsPage>
    );
  }
  return (
    <SettingsPage
      title={t("settings.breaches")}
      lead={t("breach.lead")}
      action={
        <span class="settings-actions">
          <button type="button" class="button button-main" onClick={() => setEntering(true)}>
            <Icon name="plus" size={18} />
            {t("breach.enter")}
          </button>
        </span>
      }
    >
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {missing && (
        <p class="notice notice-danger" role="alert">
          {t("breach.missing_one")}
        </p>
      )}
      {items && (
        <Part title={t("breach.list")}>
          {items.length === 0 ? (
            <p class="notice">{t("breach.none")}</p>
          ) : (
            <ul class="lines">
              {items.map((one) => (
                <Line key={one.id} one={one} />
              ))}
            </ul>
          )}
        </Part>
      )}
      <Part title={t("breach.deadline_title")} text={t("breach.deadline_text")}>
        <Deadline />
      </Part>
      {entering && (
        <Entering
          onClose={() => setEntering(false)}
          onEntered={(made) => {
            setItems((before) => [made, ...(before ?? [])]);
            go({ page: "settings", section: "breaches", site: null, breach: made.id });
          }}
        />
      )}
    </SettingsPage>
  );
}

const address = (breach: string | null): string =>
  href({ page: "settings", section: "breaches", site: null, ...(breach ? { breach } : {}) });

function Line({ one }: { one: Breach }) {
  return (
    <li>
      <span class="line-main">
        <b>
          {t("breach.number", { number: one.number })}: <bdi>{one.title}</bdi>
        </b>
        <small>{t(one.status === "open" ? "breach.open" : "breach.closed")}</small>
        <ClockLine breach={one} />
      </span>
      <a class="button button-small" href={address(one.id)}>
        {t("breach.look")}
        <span class="spoken"> {t("breach.number", { number: one.number })}</span>
      </a>
    </li>
  );
}

interface EnteringProps {
  onClose: () => void;
  onEntered: (breach: Breach) => void;
}

function Entering({ onClose, onEntered }: EnteringProps) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { title: "", aware_at: local(new Date()), description: "" },
    check: ({ title, aware_at }) => ({
      ...(title.trim() ? {} : { title: t("wrong.empty") }),
      ...(iso(aware_at) ? {} : { aware_at: t("wrong.empty") }),
    }),
    send: async ({ title, aware_at, description }) => {
      const body = { title: title.trim(), aware_at: iso(aware_at), description };
      const made = await client.post<Breach>("/v1/breaches", body);
      onEntered(made);
      onClose();
    },
  });
  return (
    <Dialog title={t("breach.enter")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t("breach.title")}
          name="title"
          maxLength={200}
          value={values.title}
          error={wrong.title}
          onInput={(text) => set("title", text)}
        />
        <Moment
          label={t("breach.aware")}
          hint={t("breach.aware_hint")}
          value={values.aware_at}
          error={wrong.aware_at}
          onInput={(text) => set("aware_at", text)}
        />
        <Lines
          label={t("breach.description")}
          value={values.description}
          error={wrong.description}
          onInput={(text) => set("description", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("breach.enter")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}

function Deadline() {
  const { known } = useSettings();
  const hours = known?.privacy.breach_deadline_hours;
  return hours === undefined ? null : <Hours hours={hours} />;
}

function Hours({ hours }: { hours: number }) {
  const as = (count: number) => ({ privacy: { breach_deadline_hours: count } });
  const field = useTyped({
    known: String(hours),
    check: (value) => (/^\d+$/u.test(plainDigits(value)) ? undefined : t("wrong.number")),
    save: (value) => saveSettings(as(Number(plainDigits(value))), as(hours)),
  });
  return (
    <TextField
      label={t("breach.deadline")}
      name="breach_deadline_hours"
      autocomplete="off"
      value={field.text}
      error={field.wrong}
      onInput={field.type}
      onBlur={() => void field.leave()}
    />
  );
}
