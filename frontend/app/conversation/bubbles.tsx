/** Messages in groups, with the time once per group and the state of our own. */
import { Fragment } from "preact";
import { memo } from "preact/compat";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { explainCode } from "../parts/problem";
import { Clock } from "../parts/time";
import { drop, retry, take } from "../store/sending";
import { Message } from "./message";
import type { Bubble, Group } from "./timeline";

interface Props {
  chatId: string;
  group: Group;
  own: boolean;
  /** The visitor has read up to this message of ours. */
  seen: string | null;
  /** Puts the text of a message that was not sent back into the composer. */
  onEdit: (text: string) => void;
}

const SHOWN = ["id", "delivery", "at", "text", "edited", "gone", "upload"] as const;

const sameGroup = (a: Props, b: Props): boolean =>
  a.own === b.own &&
  a.seen === b.seen &&
  a.onEdit === b.onEdit &&
  a.group.key === b.group.key &&
  a.group.bubbles.length === b.group.bubbles.length &&
  a.group.bubbles.every((bubble, at) => {
    const other = b.group.bubbles[at];
    return other !== undefined && SHOWN.every((name) => bubble[name] === other[name]);
  });

export const BubbleGroup = memo(function BubbleGroup({ chatId, group, own, seen, onEdit }: Props) {
  const last = group.bubbles.at(-1);
  if (!last) return null;
  const author = own
    ? t("conversation.you")
    : group.author.name || (group.side === "visitor" ? t("visitor.word") : t("operator.word"));
  const named = group.side === "team" && !own;
  const by = group.side === "visitor" ? "visitor" : own ? "self" : "other";
  return (
    <div class={`group group-${group.side}${own ? " group-own" : ""}`}>
      <span class={named ? "group-name" : "spoken"}>{author}</span>
      {group.bubbles.map((bubble) => (
        <Fragment key={bubble.id}>
          <Message chatId={chatId} bubble={bubble} by={by} />
          {bubble.delivery === "failed" && <Failed bubble={bubble} onEdit={onEdit} />}
        </Fragment>
      ))}
      <div class="group-foot">
        <Clock at={last.at} />
        {group.side === "team" && !last.gone && <State bubble={last} seen={seen} />}
      </div>
    </div>
  );
}, sameGroup);

function State({ bubble, seen }: { bubble: Bubble; seen: string | null }) {
  if (bubble.delivery === "failed") return null;
  if (bubble.delivery === "sending") return <span class="sending">{t("message.sending")}</span>;
  if (bubble.id === seen) return <span>{t("message.seen")}</span>;
  return <span class="spoken">{t("message.sent")}</span>;
}

function Failed({ bubble, onEdit }: { bubble: Bubble; onEdit: (text: string) => void }) {
  return (
    <div class="failed" role="alert">
      <Icon name="alert" size={16} />
      <span>{t("message.failed", { why: explainCode(bubble.reason) })}</span>
      <button type="button" class="link" onClick={() => retry(bubble.id)}>
        {t("message.retry")}
      </button>
      {!bubble.upload && (
        <button type="button" class="link" onClick={() => onEdit(take(bubble.id) ?? "")}>
          {t("message.edit")}
        </button>
      )}
      <button type="button" class="link" onClick={() => drop(bubble.id)}>
        {t("message.drop")}
      </button>
    </div>
  );
}
