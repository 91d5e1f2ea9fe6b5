/** A person's privacy: what they allowed, and what those in charge may do with their data. */
import { useState } from "preact/hooks";
import type { ChatVisitor } from "../../shared/types";
import { administers } from "../account/session";
import { nameOf } from "../conversation/naming";
import { language, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { day, full } from "../parts/when";
import { askToErase } from "../privacy/erasing";
import { History } from "../privacy/history";
import { RestrictionActs } from "../restriction/acts";
import { languageName } from "../settings/languages";
import { Advertising } from "./advertising";
import { AnswerDialog } from "./answer";

interface Props {
  visitor: ChatVisitor;
  chatId: string;
}

export function PersonPrivacy({ visitor, chatId }: Props) {
  const [open, setOpen] = useState<"answer" | "history" | null>(null);
  const close = (): void => setOpen(null);
  const subject = { visitorId: visitor.id, chatId, name: nameOf(visitor) };
  return (
    <section class="person-part" aria-labelledby="person-privacy">
      <h3 id="person-privacy">{t("privacy.title")}</h3>
      <MarketingFact marketing={visitor.marketing} />
      <Advertising visitor={visitor} />
      <div class="person-acts">
        {visitor.marketing.answer && (
          <button type="button" class="button button-small" onClick={() => setOpen("answer")}>
            {t("marketing.change")}
          </button>
        )}
        <button type="button" class="button button-small" onClick={() => setOpen("history")}>
          {t("history.open")}
        </button>
      </div>
      {open === "answer" && <AnswerDialog visitor={visitor} onClose={close} />}
      {open === "history" && <History visitorId={visitor.id} onClose={close} />}
      {administers.value && <RestrictionActs {...subject} />}
      {administers.value && (
        <div class="person-acts">
          <a class="button button-small" href={`/v1/visitors/${visitor.id}/export`} download>
            <Icon name="download" size={16} />
            {t("privacy.export")}
          </a>
          <button
            type="button"
            class="button button-small button-quiet-danger"
            onClick={() => askToErase([subject])}
          >
            <Icon name="bin" size={16} />
            {t("privacy.erase")}
          </button>
        </div>
      )}
    </section>
  );
}

/** The answer with its day; the words that were answered, on demand. */
function MarketingFact({ marketing }: Pick<ChatVisitor, "marketing">) {
  if (!marketing.answer) {
    return (
      <dl class="facts">
        <div>
          <dt>{t("marketing.title")}</dt>
          <dd>{t("marketing.none")}</dd>
        </div>
      </dl>
    );
  }
  const { answer, answered_at: at, text, text_version: version } = marketing;
  const spoken = languageName(marketing.language);
  return (
    <div>
      <dl class="facts">
        <div>
          <dt>{t("marketing.title")}</dt>
          <dd>
            <span class={answer === "yes" ? "answer answer-yes" : "answer"}>
              <Icon name={answer === "yes" ? "check" : "close"} size={14} />
              {t(answer === "yes" ? "marketing.yes" : "marketing.no")}
            </span>{" "}
            <time dateTime={at} title={full(at, language.value)}>
              {t("marketing.since", { date: day(at, language.value) })}
            </time>
          </dd>
        </div>
      </dl>
      <details class="more">
        <summary>{t("marketing.words")}</summary>
        <blockquote class="words" lang={marketing.language} dir="auto">
          {text}
        </blockquote>
        <p>{t("marketing.version", { version, language: spoken })}</p>
      </details>
    </div>
  );
}
