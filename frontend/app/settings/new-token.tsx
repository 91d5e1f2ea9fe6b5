/** Make a token: name, scopes, end. What was made is shown once, here. */
import { useState } from "preact/hooks";
import type { Token } from "../../shared/types";
import { t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Dialog, DialogEnd } from "../parts/dialog";
import { FieldError, TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { client } from "../store/client";
import { scopeKey } from "./tokens";

const SCOPES = [
  "chats:read",
  "chats:write",
  "visitors:read",
  "visitors:write",
  "settings:read",
  "settings:write",
  "rights:read",
  "rights:write",
  "team:read",
  "team:write",
  "records:read",
  "records:write",
  "audit:read",
] as const;

interface Props {
  onClose: () => void;
  onMade: () => void;
}

/** A day as the end of that day, where the one who chose it is. */
const endOf = (date: string): string => new Date(`${date}T23:59:59`).toISOString();

export function NewToken({ onClose, onMade }: Props) {
  const [made, setMade] = useState<string | null>(null);
  const [scopes, setScopes] = useState<readonly string[]>(["chats:read"]);
  const everything = scopes.includes("*");
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { name: "", expires: "" },
    check: ({ name, expires }) => ({
      ...(name.trim() ? {} : { name: t("wrong.empty") }),
      ...(scopes.length > 0 ? {} : { scopes: t("tokens.no_scope") }),
      ...(expires && Date.parse(endOf(expires)) < Date.now() ? { expires: t("wrong.past") } : {}),
    }),
    send: async ({ name, expires }) => {
      const { token } = await client.post<Token & { token: string }>("/v1/tokens", {
        name: name.trim(),
        scopes,
        ...(expires ? { expires_at: endOf(expires) } : {}),
      });
      setMade(token);
      onMade();
    },
  });
  const toggle = (scope: string, on: boolean): void =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));

  if (made) {
    return (
      <Dialog key="made" title={t("tokens.made", { name: values.name })} onClose={onClose} once>
        <p class="notice notice-warning">{t("tokens.once")}</p>
        <Copyable text={made} name={t("tokens.token")} />
        <div class="dialog-actions">
          <button type="button" class="button button-main" onClick={onClose}>
            {t("tokens.kept")}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("tokens.make")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t("tokens.name")}
          name="name"
          hint={t("tokens.name_hint")}
          value={values.name}
          maxLength={100}
          error={wrong.name}
          onInput={(name) => set("name", name)}
        />
        <fieldset class="choices">
          <legend>{t("tokens.scopes")}</legend>
          <label>
            <input
              type="checkbox"
              checked={everything}
              onChange={(event) => setScopes(event.currentTarget.checked ? ["*"] : [])}
            />
            <span>{t("scope.all")}</span>
          </label>
          <div class="choices-grid">
            {SCOPES.map((scope) => (
              <label key={scope}>
                <input
                  type="checkbox"
                  checked={everything || scopes.includes(scope)}
                  disabled={everything}
                  onChange={(event) => toggle(scope, event.currentTarget.checked)}
                />
                <span>{t(scopeKey(scope))}</span>
              </label>
            ))}
          </div>
          <FieldError id="scopes-error" text={scopes.length > 0 ? undefined : wrong.scopes} />
        </fieldset>
        <TextField
          label={t("tokens.expires")}
          name="expires"
          type="date"
          hint={t("tokens.expires_hint")}
          value={values.expires}
          error={wrong.expires ?? wrong.expires_at}
          onInput={(expires) => set("expires", expires)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("tokens.make_do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
