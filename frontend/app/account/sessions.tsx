/** Where one is signed in, and ending it there. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List, Session } from "../../shared/types";
import { t } from "../i18n/words";
import { useBusy } from "../parts/busy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { client } from "../store/client";

export function Sessions() {
  const [sessions, setSessions] = useState<readonly Session[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const load = useCallback(() => {
    client
      .get<List<Session>>("/v1/sessions")
      .then(({ items }) => setSessions(items))
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  const { busy, run } = useBusy();
  const end = (session: Session): Promise<void> =>
    run(async () => {
      await client.del(`/v1/sessions/${session.id}`);
      toast(t("sessions.ended"));
      load();
    });
  if (failure !== null) return <p class="notice notice-danger">{explain(failure)}</p>;
  return (
    <ul class="lines">
      {sessions.map((session) => (
        <li key={session.id}>
          <Icon name="laptop" />
          <span class="line-main">
            <b>{session.browser ?? t("sessions.unknown")}</b>
            <small>
              {session.current ? (
                t("sessions.here")
              ) : (
                <>
                  {t("sessions.seen")} <Ago at={session.last_seen_at} />
                </>
              )}
            </small>
          </span>
          {!session.current && (
            <button
              type="button"
              class="button button-small"
              aria-disabled={busy}
              onClick={() => void end(session)}
            >
              {t("sessions.end")}
              <span class="spoken"> {session.browser}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
