/** Messages in groups, with the time once per group and the state of our own. */
import { memo } from "preact/compat";
import { linkify } from "../../shared/linkify";
import { t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { Menu } from "../parts/menu";
import { explainCode } from "../parts/problem";
import { Clock } from "../parts/time";
import { askWhichRight } from "../requests/mark";
import { retry, take } from "../store/sending";
import type { Bubble, Group } from "./timeline";

/** Text as it was written; addresses become links, everything else stays text. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((segment, at) =>
        segment.href ? (
          <a key={at} href={segment.href} target="_blank" rel="noopener noreferrer nofollow">
            {segment.text}
          </a>
        ) : (
          segment.text
        ),
      )}
    </>
  );
}

interface Props {
  chatId: string;
  group: Group;
  own: boolean;
  /** The visitor has read up to this message of ours. */
  seen: string | null;
  /** Puts the text of a message that was not sent back into the composer. */
  onEdit: (text: string) => void;
}

const sameGroup = (a: Props, b: Props): boolean =>
  a.own === b.own &&
  a.seen === b.seen &&
  a.onEdit === b.onEdit &&
  a.group.key === b.group.key &&
  a.group.bubbles.length === b.group.bubbles.length &&
  a.group.bubbles.every((bubble, at) => {
    const other = b.group.bubbles[at];
    return bubble.id === other?.id && bubble.delivery === other.delivery && bubble.at === other.at;
  });

export const BubbleGroup = memo(function BubbleGroup({ chatId, group, own, seen, onEdit }: Props) {
  const last = group.bubbles.at(-1);
  if (!last) return null;
  const author = own
    ? t("conversation.you")
    : group.author.name || (group.side === "visitor" ? t("visitor.word") : t("operator.word"));
  const named = group.side === "team" && !own;
  return (
    <div class={`group group-${group.side}${own ? " group-own" : ""}`}>
      <span class={named ? "group-name" : "spoken"}>{author}</span>
      {group.bubbles.map((bubble) =>
        group.side === "visitor" ? (
          <VisitorBubble key={bubble.id} chatId={chatId} bubble={bubble} />
        ) : (
          <BubbleBox key={bubble.id} bubble={bubble} onEdit={onEdit} />
        ),
      )}
      <div class="group-foot">
        <Clock at={last.at} />
        {group.side === "team" && <State bubble={last} seen={seen} />}
      </div>
    </div>
  );
}, sameGroup);

/** A message of the visitor, with what can be done with it. */
function VisitorBubble({ chatId, bubble }: { chatId: string; bubble: Bubble }) {
  const { seq, text } = bubble;
  return (
    <div class="bubble-row">
      <div class="bubble bubble-done" dir="auto">
        <Text text={text} />
      </div>
      <Menu
        name={t("message.menu")}
        buttonClass="button-icon"
        side="end"
        face={<Icon name="dots" size={18} />}
        choices={[
          {
            key: "request",
            label: t("requests.mark"),
            act: () => askWhichRight({ chatId, seq, text }),
          },
        ]}
      />
    </div>
  );
}

function BubbleBox({ bubble, onEdit }: { bubble: Bubble; onEdit: (text: string) => void }) {
  return (
    <>
      <div class={`bubble bubble-${bubble.delivery}`} dir="auto">
        <Text text={bubble.text} />
      </div>
      {bubble.delivery === "failed" && <Failed bubble={bubble} onEdit={onEdit} />}
    </>
  );
}

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
      <button type="button" class="link" onClick={() => onEdit(take(bubble.id) ?? "")}>
        {t("message.edit")}
      </button>
      <button type="button" class="link" onClick={() => take(bubble.id)}>
        {t("message.drop")}
      </button>
    </div>
  );
}
