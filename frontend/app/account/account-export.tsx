/** Taking the whole account along: asked for with the password, made in the background, fetched. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, number, t } from "../i18n/words";
import { ask, Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { sizeOf } from "../parts/size";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { client } from "../store/client";
import type { AccountExport } from "./account-shapes";

const PAUSE = 1000;

export function AccountExports() {
  const [exports, setExports] = useState<readonly AccountExport[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const load = useCallback(() => {
    client
      .get<List<AccountExport>>("/v1/account/exports")
      .then(({ items }) => {
        setExports(items);
        setFailure(null);
      })
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  const working = exports?.some(({ status }) => status === "queued" || status === "running");
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(load, PAUSE);
    return () => clearInterval(timer);
  }, [working, load]);
  return (
    <>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {exports && exports.length > 0 && (
        <ul class="lines">
          {exports.map((one) => (
            <Line key={one.id} one={one} reload={load} />
          ))}
        </ul>
      )}
      <button
        type="button"
        class="button"
        aria-disabled={working}
        onClick={() => setAsking(!working)}
      >
        <Icon name="download" size={18} />
        {t("accountexport.do")}
      </button>
      {asking && (
        <Asking
          title={t("accountexport.title")}
          text={t("accountexport.text")}
          action={t("accountexport.do")}
          path="/v1/account/exports"
          onClose={() => setAsking(false)}
          onDone={load}
        />
      )}
    </>
  );
}

function Line({ one, reload }: { one: AccountExport; reload: () => void }) {
  const { id, status, done, total, bytes } = one;
  const [asking, setAsking] = useState(false);
  const file = `/v1/account/exports/${id}/file`;
  const granted = (): boolean =>
    one.granted_until !== null && Date.parse(one.granted_until) > Date.now();
  const remove = async (): Promise<void> => {
    const sure = await ask({
      title: t("accountexport.drop_ask"),
      text: t("accountexport.drop_text"),
      action: t("accountexport.drop"),
    });
    if (!sure) return;
    try {
      await client.del(`/v1/account/exports/${id}`);
      reload();
    } catch (cause) {
      toast(explain(cause), { failed: true });
    }
  };
  const name = t("accountexport.of", { date: day(one.requested_at, language.value) });
  if (status === "failed") {
    return (
      <li>
        <span class="line-main">
          <b>{name}</b>
          <small>{t("accountexport.failed")}</small>
        </span>
      </li>
    );
  }
  if (status !== "ready") {
    return (
      <li>
        <span class="line-main">
          <b>{name}</b>
          <progress
            aria-label={name}
            max={Math.max(total, 1)}
            {...(total > 0 ? { value: Math.min(done, total) } : {})}
          />
          <small>{t("accountexport.progress", { done: number(done), total: number(total) })}</small>
        </span>
      </li>
    );
  }
  return (
    <li>
      <span class="line-main">
        <b>{name}</b>
        <small>
          {t("accountexport.ready", {
            size: sizeOf(bytes),
            date: day(one.expires_at, language.value),
          })}
        </small>
      </span>
      <span class="line-acts">
        <a
          class="button button-small"
          href={file}
          download
          onClick={(event) => {
            if (granted()) return;
            event.preventDefault();
            setAsking(true);
          }}
        >
          <Icon name="download" size={16} />
          {t("accountexport.fetch")}
        </a>
        <button
          type="button"
          class="button-icon"
          aria-label={t("accountexport.drop")}
          title={t("accountexport.drop")}
          onClick={() => void remove()}
        >
          <Icon name="bin" size={18} />
        </button>
      </span>
      {asking && (
        <Asking
          title={t("accountexport.fetch_title")}
          text={t("accountexport.fetch_text")}
          action={t("accountexport.fetch")}
          path={`/v1/account/exports/${id}/grants`}
          onClose={() => setAsking(false)}
          onDone={() => {
            // An attachment: the page stays where it is.
            location.assign(file);
            reload();
          }}
        />
      )}
    </li>
  );
}

interface AskingProps {
  title: string;
  text: string;
  action: string;
  /** What takes the password. */
  path: string;
  onClose: () => void;
  onDone: () => void;
}

/** The password again, for the file holds everything. */
function Asking({ title, text, action, path, onClose, onDone }: AskingProps) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { password: "" },
    check: ({ password }) => (password ? {} : { password: t("wrong.empty") }),
    send: async (filled) => {
      await client.post(path, filled);
      onDone();
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{text}</p>
        <TextField
          label={t("password.current")}
          name="password"
          type="password"
          autocomplete="current-password"
          value={values.password}
          error={wrong.password}
          onInput={(text) => set("password", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {action}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
