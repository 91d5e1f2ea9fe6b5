/** Closing the account: what goes is counted, the export comes first, then the deliberate words. */
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import type { Installation } from "../../shared/types";
import { forgetWritten } from "../conversation/drafts";
import { number, t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { go } from "../router/router";
import { href } from "../router/routes";
import { client } from "../store/client";
import { type AccountErasure, type AccountSummary, REASONS } from "./account-shapes";
import { closing } from "./closed";
import { me, ownId } from "./session";

/** The word of the interface; it is the same in every language. */
const WORD = "DELETE";
const START = { confirm: "", password: "", reason: "", comment: "" };

export function CloseAccount() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button button-quiet-danger" onClick={() => setOpen(true)}>
        <Icon name="bin" size={18} />
        {t("closing.open")}
      </button>
      {open && <Closing onClose={() => setOpen(false)} />}
    </>
  );
}

function Closing({ onClose }: { onClose: () => void }) {
  const company = me.value?.account.company ?? "";
  const takesComments = useHostContact();
  const [held, setHeld] = useState(false);
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: START,
    check: ({ confirm, password }) => ({
      confirm: confirm.trim() === WORD ? undefined : t("closing.word_wrong", { word: WORD }),
      password: password ? undefined : t("wrong.empty"),
    }),
    send: async ({ password, reason, comment }) => {
      const own = ownId.peek();
      try {
        const { erasure, nonce } = await client.del<{ erasure: AccountErasure; nonce: string }>(
          "/v1/account",
          {
            confirm: WORD,
            password,
            ...(reason ? { reason } : {}),
            ...(comment.trim() ? { comment: comment.trim() } : {}),
          },
        );
        closing.value = { company, nonce };
        forgetWritten(own);
        go({ page: "closed", erasure: erasure.id }, { replace: true });
      } catch (cause) {
        if (cause instanceof Problem && cause.code === "held") setHeld(true);
        throw cause;
      }
    },
  });
  return (
    <Dialog title={t("closing.title", { company })} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t("closing.what")}</p>
        <Summary onHolds={() => setHeld(true)} />
        {held && (
          <p class="notice notice-danger">
            {t("closing.held")}{" "}
            <a href={href({ page: "settings", section: "privacy", site: null })}>
              {t("restriction.people")}
            </a>
          </p>
        )}
        <p>{t("closing.forever")}</p>
        <p class="notice">{t("closing.export_first")}</p>
        <div class="field">
          <label for="closing-reason">{t("closing.reason")}</label>
          <select
            id="closing-reason"
            value={values.reason}
            onChange={(event) => set("reason", event.currentTarget.value)}
          >
            <option value="">{t("closing.reason_none")}</option>
            {REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {t(`closing.reason_${reason}`)}
              </option>
            ))}
          </select>
        </div>
        {takesComments && (
          <TextField
            label={t("closing.comment")}
            name="comment"
            maxLength={2000}
            hint={t("closing.comment_goes")}
            value={values.comment}
            error={wrong.comment}
            onInput={(text) => set("comment", text)}
          />
        )}
        <TextField
          label={t("closing.word", { word: WORD })}
          name="confirm"
          autocomplete="off"
          value={values.confirm}
          error={wrong.confirm}
          onInput={(text) => set("confirm", text)}
        />
        <TextField
          label={t("password.current")}
          name="password"
          type="password"
          autocomplete="current-password"
          value={values.password}
          error={wrong.password}
          onInput={(text) => set("password", text)}
        />
        <DialogEnd failure={held ? null : failure} busy={busy} onClose={onClose} danger>
          {t("closing.do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}

/** Whether somebody would read a comment: it is sent by mail, and kept nowhere. */
function useHostContact(): boolean {
  const [email, setEmail] = useState<string | null>(null);
  useEffect(() => {
    client
      .get<Installation>("/v1/installation")
      .then(({ operator }) => setEmail(operator.email))
      .catch(() => setEmail(null));
  }, []);
  return email !== null;
}

const COUNTED = ["chats", "messages", "visitors", "operators", "sites"] as const;

function Summary({ onHolds }: { onHolds: () => void }) {
  const [summary, setSummary] = useState<AccountSummary | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    client
      .get<AccountSummary>("/v1/account/summary")
      .then((found) => {
        setSummary(found);
        if (found.holds > 0) onHolds();
      })
      .catch(setFailure);
  }, []);
  if (failure !== null) return <p class="notice notice-danger">{explain(failure)}</p>;
  if (!summary) return <p class="bones">{t("erase.counting")}</p>;
  return (
    <ul class="stores">
      {COUNTED.map((name) => (
        <li key={name}>
          <b>{number(summary[name])}</b>
          <span>{t(`closing.count_${name}`, { count: summary[name] })}</span>
        </li>
      ))}
    </ul>
  );
}
