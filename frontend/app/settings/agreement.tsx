/** The data processing agreement: whether one is needed, reading, signing, and every signed one. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { me, operator } from "../account/session";
import { language, t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import type { Dpa, DpaSignature } from "../privacy/legal-shapes";
import { client } from "../store/client";

export function Agreement({ onSigned }: { onSigned: () => void }) {
  const [dpa, setDpa] = useState<Dpa | null>(null);
  const [signed, setSigned] = useState<readonly DpaSignature[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [signing, setSigning] = useState(false);
  const load = useCallback(() => {
    Promise.all([
      client.get<Dpa>("/v1/legal/dpa"),
      client.get<List<DpaSignature>>("/v1/legal/dpa/signatures"),
    ])
      .then(([agreement, { items }]) => {
        setDpa(agreement);
        setSigned(items);
      })
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  if (failure !== null) return <p class="notice notice-danger">{explain(failure)}</p>;
  if (!dpa) return <p class="bones">{t("loading")}</p>;
  return (
    <>
      {!dpa.needed && <p class="notice">{t("dpa.not_needed")}</p>}
      {dpa.due && (
        <p class="notice notice-warning">{t(signed.length > 0 ? "dpa.again" : "dpa.due")}</p>
      )}
      {signed.length > 0 && (
        <ul class="lines">
          {signed.map((one) => (
            <Signed key={one.id} one={one} />
          ))}
        </ul>
      )}
      <div class="publish-acts">
        <a class="button" href="/dpa" target="_blank" rel="noopener">
          {t("dpa.read")}
          <Icon name="open" size={16} />
        </a>
        {dpa.due && (
          <button type="button" class="button button-main" onClick={() => setSigning(true)}>
            {t("dpa.sign")}
          </button>
        )}
      </div>
      {signing && (
        <Signing
          version={dpa.version}
          onClose={() => setSigning(false)}
          onDone={() => {
            load();
            onSigned();
          }}
        />
      )}
    </>
  );
}

function Signed({ one }: { one: DpaSignature }) {
  const date = day(one.signed_at, language.value);
  return (
    <li>
      <Icon name="shield" />
      <span class="line-main">
        <b>{t("dpa.signed", { date, name: one.name })}</b>
        <small>{t(one.current ? "dpa.current" : "dpa.earlier", { version: one.version })}</small>
      </span>
      <a class="button button-small" href={`/v1/legal/dpa/signatures/${one.id}/file`} download>
        <Icon name="download" size={16} />
        {t("dpa.pdf")}
      </a>
    </li>
  );
}

interface SigningProps {
  version: string;
  onClose: () => void;
  onDone: () => void;
}

const FIELDS = ["name", "title", "company", "address", "country"] as const;
const FILLED: Record<(typeof FIELDS)[number], string> = {
  name: "name",
  title: "organization-title",
  company: "organization",
  address: "street-address",
  country: "country-name",
};

function Signing({ version, onClose, onDone }: SigningProps) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: {
      name: operator.peek()?.name ?? "",
      title: "",
      company: me.peek()?.account.company ?? "",
      address: "",
      country: "",
    },
    check: (filled) =>
      Object.fromEntries(
        FIELDS.map((field) => [field, filled[field].trim() ? undefined : t("wrong.empty")]),
      ),
    send: async (filled) => {
      // Texts are in English and German; who reads the app in German signs the German one.
      const spoken = language.peek().startsWith("de") ? "de" : "en";
      await client.post("/v1/legal/dpa/signatures", { ...filled, language: spoken });
      toast(t("dpa.done"));
      onDone();
      onClose();
    },
  });
  return (
    <Dialog title={t("dpa.sign")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>
          {t("dpa.sign_text", { version })}{" "}
          <a href="/dpa" target="_blank" rel="noopener">
            {t("dpa.read")}
          </a>
        </p>
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={t(`dpa.field_${field}`)}
            name={field}
            autocomplete={FILLED[field]}
            maxLength={field === "address" ? 400 : 200}
            value={values[field]}
            error={wrong[field]}
            onInput={(text) => set(field, text)}
          />
        ))}
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("dpa.sign_do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
