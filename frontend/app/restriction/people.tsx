/** Who is restricted or on hold: the one list that shows them, with the way back. */
import { useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, t } from "../i18n/words";
import { ask } from "../parts/dialog";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { Part } from "../settings/page";
import { client } from "../store/client";
import { usePages } from "../store/pages";
import { HoldDialog } from "./hold-dialog";
import type { Restriction } from "./shapes";

const read = (after: string | null, signal: AbortSignal): Promise<List<Restriction>> =>
  client.get<List<Restriction>>("/v1/restrictions", { query: { after }, signal });

export function RestrictedPeople() {
  const { shown, again, more } = usePages(read);
  const { items, next, loaded, loading, failure } = shown;
  return (
    <Part id="restricted" title={t("restriction.people")} text={t("restriction.people_text")}>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {loaded && items.length === 0 && <p class="notice">{t("restriction.none")}</p>}
      {items.length > 0 && (
        <ul class="lines">
          {items.map((one) => (
            <Line key={one.id} one={one} onDone={again} />
          ))}
        </ul>
      )}
      {next && (
        <button type="button" class="button" aria-disabled={loading} onClick={more}>
          {t("restriction.more")}
        </button>
      )}
    </Part>
  );
}

function Line({ one, onDone }: { one: Restriction; onDone: () => void }) {
  const [renewing, setRenewing] = useState(false);
  const { visitor, kind, ground, words, review_at, author } = one;
  const name = visitor.name ?? visitor.email ?? t("restriction.nameless");
  const held = kind === "hold";
  const date = day(one.began_at, language.value);
  const end = async (): Promise<void> => {
    const sure = await ask({
      title: t(held ? "restriction.release_title" : "restriction.lift_title", { name }),
      text: t(held ? "restriction.release_text" : "restriction.lift_text"),
      action: t(held ? "restriction.release_do" : "restriction.lift_do"),
    });
    if (!sure) return;
    try {
      const path = held ? `/v1/holds/${one.id}` : `/v1/visitors/${visitor.id}/restriction`;
      await client.del(path);
      // The line goes, and with it the button that had the focus.
      document.getElementById("restricted")?.focus({ preventScroll: true });
      toast(t(held ? "restriction.released" : "restriction.lifted"));
    } catch (cause) {
      toast(explain(cause), { failed: true });
    }
    onDone();
  };
  const person = { visitorId: visitor.id, chatId: visitor.chat_id, name };
  return (
    <li>
      <span class="line-main">
        <b dir="auto">{name}</b>
        <small>
          {held && review_at
            ? t("restriction.is_hold", { date, until: day(review_at, language.value) })
            : t("restriction.is_restriction", { date })}
          {ground && ` · ${t(`restriction.${ground}`)}`}
          {author.kind === "visitor" && ` · ${t("restriction.by_visitor")}`}
          {author.name && ` · ${author.name}`}
        </small>
        {words && <small dir="auto">{words}</small>}
        {one.erasure_waits && <small>{t("restriction.waits")}</small>}
      </span>
      <span class="line-acts">
        {held && (
          <button type="button" class="button button-small" onClick={() => setRenewing(true)}>
            {t("restriction.renew")}
            <span class="spoken"> {name}</span>
          </button>
        )}
        <button type="button" class="button button-small" onClick={() => void end()}>
          {t(held ? "restriction.release" : "restriction.lift")}
          <span class="spoken"> {name}</span>
        </button>
      </span>
      {renewing && (
        <HoldDialog
          person={person}
          holdId={one.id}
          onClose={() => setRenewing(false)}
          onDone={onDone}
        />
      )}
    </li>
  );
}
