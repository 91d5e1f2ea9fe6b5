/** On the card: everybody who is this person, with their chats, and finding one more. */
import { useEffect, useState } from "preact/hooks";
import type { ChatVisitor, PersonChat, VisitorCard } from "../../shared/types";
import { administers } from "../account/session";
import { nameOf } from "../conversation/naming";
import { language, t } from "../i18n/words";
import { Avatar } from "../parts/avatar";
import { useBusy } from "../parts/busy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { Ago } from "../parts/time";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { href } from "../router/routes";
import { ignorePassing } from "../store/load";
import { cardOf, loadCard, merge, part } from "./cards";
import { MergeDialog } from "./merge-dialog";

interface Props {
  visitor: ChatVisitor;
  chatId: string;
}

interface Entry {
  id: string;
  name: string;
  created_at: string;
  chat: PersonChat | undefined;
}

const entriesOf = (card: VisitorCard): Entry[] =>
  [card, ...card.merged].map((one) => ({
    id: one.id,
    name: nameOf({ email: null, ...one }),
    created_at: one.created_at,
    chat: card.chats.find(({ visitor_id }) => visitor_id === one.id),
  }));

export function Together({ visitor, chatId }: Props) {
  const [finding, setFinding] = useState(false);
  useEffect(() => {
    void loadCard(visitor.id).catch(ignorePassing);
  }, [visitor.id]);
  const card = cardOf(visitor.id);
  if (!card) return null;
  const shared = card.merged.length > 0;
  if (!shared && !administers.value) return null;
  return (
    <section class="person-part" aria-labelledby="person-together">
      <h3 id="person-together" tabIndex={-1}>
        {t("merge.title")}
      </h3>
      {shared && (
        <ul class="person-chats">
          {entriesOf(card).map((entry) => (
            <Line key={entry.id} entry={entry} main={card} here={chatId} />
          ))}
        </ul>
      )}
      {administers.value && card.id === visitor.id && (
        <div class="person-acts">
          <button type="button" class="button button-small" onClick={() => setFinding(true)}>
            <Icon name="link" size={16} />
            {t("merge.open")}
          </button>
        </div>
      )}
      {finding && <MergeDialog card={card} onClose={() => setFinding(false)} />}
    </section>
  );
}

interface LineProps {
  entry: Entry;
  main: VisitorCard;
  here: string;
}

function Line({ entry, main, here }: LineProps) {
  const { id, name, chat } = entry;
  const { busy, run } = useBusy();
  const separate = (): Promise<void> =>
    run(async () => {
      await part(id);
      // The button is gone with the line.
      document.getElementById("person-together")?.focus({ preventScroll: true });
      const undo = (): void =>
        void merge(id, main.id).catch((cause) => toast(explain(cause), { failed: true }));
      toast(t("merge.undone", { name }), { undo });
    });
  const current = chat?.id === here;
  return (
    <li>
      <Avatar id={id} name={entry.name} size="s" />
      <span class="line-main">
        {chat && !current ? (
          <a href={href({ page: "inbox", view: "all", chat: chat.id })} dir="auto">
            {name}
          </a>
        ) : (
          <b dir="auto">{name}</b>
        )}
        <small>
          {current ? (
            t("merge.here")
          ) : chat ? (
            <>
              {t(chat.stage === "closed" ? "merge.chat_closed" : "merge.chat_open")}
              {" · "}
              <Ago at={chat.updated_at} />
            </>
          ) : (
            t("merge.no_chat", { date: day(entry.created_at, language.value) })
          )}
        </small>
      </span>
      {administers.value && id !== main.id && (
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy}
          onClick={() => void separate()}
        >
          {t("merge.undo")}
          <span class="spoken"> {name}</span>
        </button>
      )}
    </li>
  );
}

/** In dialogs that do something to a person: who else is that person. */
export function AlsoThem({ visitorId }: { visitorId: string }) {
  useEffect(() => {
    void loadCard(visitorId).catch(ignorePassing);
  }, [visitorId]);
  const card = cardOf(visitorId);
  const others = card ? entriesOf(card).filter(({ id }) => id !== visitorId) : [];
  if (others.length === 0) return null;
  const names = new Intl.ListFormat(language.value).format(others.map(({ name }) => name));
  return <p class="notice notice-warning">{t("merge.also", { names })}</p>;
}
