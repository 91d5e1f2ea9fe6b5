/** API tokens: keys for scripts. Shown once, listed for ever, revoked at once. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { List, Token } from "../../shared/types";
import { type Key, language, listed, t } from "../i18n/words";
import { ask } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { client } from "../store/client";
import { NewToken } from "./new-token";
import { Part, SettingsPage } from "./page";

export function TokenSettings() {
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [making, setMaking] = useState(false);
  const load = useCallback(() => {
    client
      .get<List<Token>>("/v1/tokens")
      .then(({ items }) => setTokens(items))
      .catch(setFailure);
  }, []);
  useEffect(load, [load]);
  return (
    <SettingsPage
      title={t("settings.tokens")}
      lead={t("tokens.lead")}
      action={
        <span class="settings-actions">
          <button type="button" class="button button-main" onClick={() => setMaking(true)}>
            <Icon name="plus" size={18} />
            {t("tokens.make")}
          </button>
        </span>
      }
    >
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {tokens && (
        <Part title={t("tokens.list")} text={t("tokens.list_text")}>
          {tokens.length === 0 ? (
            <p class="notice">{t("tokens.none")}</p>
          ) : (
            <ul class="lines">
              {tokens.map((token) => (
                <Line key={token.id} token={token} reload={load} />
              ))}
            </ul>
          )}
        </Part>
      )}
      {making && <NewToken onClose={() => setMaking(false)} onMade={load} />}
    </SettingsPage>
  );
}

function Line({ token, reload }: { token: Token; reload: () => void }) {
  const { name, scopes, last_used_at, expires_at } = token;
  const revoke = async (): Promise<void> => {
    const sure = await ask({
      title: t("tokens.revoke_ask", { name }),
      text: t("tokens.revoke_warning"),
      action: t("tokens.revoke"),
    });
    if (!sure) return;
    try {
      await client.del(`/v1/tokens/${token.id}`);
      toast(t("tokens.revoked", { name }));
      reload();
    } catch (cause) {
      toast(explain(cause), { failed: true });
    }
  };
  return (
    <li>
      <Icon name="key" />
      <span class="line-main">
        <b dir="auto">{name}</b>
        <small>
          {listed(scopes.map((scope) => t(scopeKey(scope))))}
          {" · "}
          {last_used_at ? (
            <>
              {t("tokens.used")} <Ago at={last_used_at} />
            </>
          ) : (
            t("tokens.unused")
          )}
          {expires_at && ` · ${t("tokens.until", { date: day(expires_at, language.value) })}`}
        </small>
      </span>
      <button type="button" class="button button-small" onClick={() => void revoke()}>
        {t("tokens.revoke")}
        <span class="spoken"> {name}</span>
      </button>
    </li>
  );
}

export const scopeKey = (scope: string): Key =>
  (scope === "*" ? "scope.all" : `scope.${scope.replace(":", "_")}`) as Key;
