/** What the visitor has answered, each to change with one click, and the record of it. */
import type { ComponentChildren } from "preact";
import { Problem } from "../../shared/api";
import { PROVIDERS, type Provider } from "../../shared/providers";
import type { Receipt, YesNo } from "../../shared/types";
import { useSignal } from "../view/signals";
import { Choice, YES_NO, YesOrNo } from "./choice";
import type { Panel } from "./panel";
import { K } from "./texts/keys";
import { Prose } from "./words";

/** What was answered, as a sentence with its date. */
const ANSWERS = {
  shown: K.legal_shown,
  given: K.legal_given,
  refused: K.legal_refused,
  withdrawn: K.legal_withdrawn,
};

export function Choices({ panel }: { panel: Panel }) {
  const { session, text, email, notice } = panel;
  const { marketing, receipts = [] } = session.own.me.value ?? {};
  const failed = useSignal(false);
  const attempt = async (work: Promise<void>) => {
    failed.value = false;
    await work.catch((cause) => {
      failed.value = true;
      // What is asked has changed: the words that are asked now take the place of those.
      if (cause instanceof Problem && cause.status === 409) void panel.reload();
    });
  };
  const legal = receipts.find(({ subject }) => subject === "legal-text");
  const asked = session.token.value ? email.question : null;
  const companies = (Object.keys(PROVIDERS) as Provider[]).filter((one) =>
    panel.embeds.chosen(one),
  );
  if (!marketing && !asked && !legal && !notice.current.value && companies.length === 0)
    return null;
  return (
    <>
      <h2>{text.t(K.choices)}</h2>
      <p class="wrong" role="alert">
        {failed.value && text.t(K.try_failed)}
      </p>
      {(marketing || asked) && (
        <Question
          title={text.t(K.marketing)}
          state={marketing ? answered(panel, marketing) : text.t(K.unanswered)}
        >
          <div lang={asked?.language ?? marketing?.language}>
            <Prose text={asked?.text ?? marketing?.text ?? ""} />
          </div>
          <YesOrNo
            panel={panel}
            label={text.t(K.marketing)}
            current={marketing?.answer ?? null}
            onAnswer={(answer) => void attempt(session.own.correct(email.answered(answer)))}
          />
        </Question>
      )}
      <Legal panel={panel} receipt={legal} attempt={attempt} />
      {companies.map((company) => (
        <Question key={company} title={text.t(K.embed_from, { company: PROVIDERS[company] })}>
          <YesOrNo
            panel={panel}
            label={PROVIDERS[company]}
            current={panel.embeds.answer(company)}
            onAnswer={(answer) => panel.embeds.say(company, answer)}
          />
        </Question>
      ))}
      {receipts.length > 0 && (
        <details>
          <summary>{text.t(K.record)}</summary>
          <ul>
            {receipts.map((receipt) => (
              <li key={receipt.id}>{plain(panel, receipt)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The legal text to read again, and where agreement was asked, to withdraw. */
function Legal(props: {
  panel: Panel;
  receipt: Receipt | undefined;
  attempt: (work: Promise<void>) => Promise<void>;
}) {
  const { panel, receipt, attempt } = props;
  const { text, session, notice } = panel;
  const current = notice.current.value;
  const words = current ?? receipt;
  if (!words) return null;
  const agreed = receipt?.answer === "given" || receipt?.answer === "withdrawn";
  const answer = async (agrees: boolean) => {
    if (!current) return;
    // Another text than the one that was agreed to is read whole first, where one writes.
    if (agrees && current.sha256 !== receipt?.sha256) {
      notice.ask();
      return panel.leavePrivacy();
    }
    try {
      await session.own.answer("notice", { notice_id: current.id, agreed: agrees });
    } catch (cause) {
      if (!(cause instanceof Problem) || !notice.refused(cause)) throw cause;
      return panel.leavePrivacy();
    }
    if (agrees) notice.settle();
    else notice.ask();
  };
  return (
    <Question
      title={text.t(K.notice_name)}
      state={receipt && text.t(ANSWERS[receipt.answer], { date: dated(panel, receipt.at) })}
    >
      <details>
        <summary>{text.t(K.show_notice)}</summary>
        <div class="prose" lang={words.language} dir="auto">
          <Prose text={words.text} />
        </div>
      </details>
      {agreed && current && (
        <Choice
          panel={panel}
          label={text.t(K.notice_name)}
          answers={[
            ["given", text.t(K.agree)],
            ["withdrawn", text.t(K.withdraw)],
          ]}
          current={receipt?.answer ?? null}
          onAnswer={(to) => void attempt(answer(to === "given"))}
        />
      )}
    </Question>
  );
}

function Question(props: {
  title: string;
  state?: string | undefined;
  children: ComponentChildren;
}) {
  return (
    <div class="question">
      <h3>{props.title}</h3>
      {props.state && <p role="status">{props.state}</p>}
      {props.children}
    </div>
  );
}

const dated = ({ text }: Panel, at: string) => text.full(new Date(at));

function answered(panel: Panel, said: { answer: YesNo | null; answered_at: string }): string {
  const { t } = panel.text;
  const date = dated(panel, said.answered_at);
  return t(K.answered, { answer: said.answer ? t(YES_NO[said.answer]) : "–", date });
}

/** A receipt in plain words, with its date. */
function plain(panel: Panel, { subject, answer, at }: Receipt): string {
  const { t } = panel.text;
  const provider = PROVIDERS[subject.replace("embed:", "") as Provider];
  const about =
    provider ??
    (subject === "marketing"
      ? t(K.marketing)
      : subject === "legal-text"
        ? t(K.notice_name)
        : subject === "gpc"
          ? "Global Privacy Control"
          : subject);
  return `${about}: ${t(ANSWERS[answer], { date: dated(panel, at) })}`;
}
