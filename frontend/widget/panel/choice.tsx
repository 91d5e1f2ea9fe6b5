/** A question with two equal answers: the same element, size and weight, and neither is chosen. */
import type { Panel } from "./panel";
import { K } from "./texts/keys";

interface Props<A extends string> {
  panel: Panel;
  /** What is asked, for people who listen. */
  label: string;
  /** The answers and the words on their buttons. */
  answers: readonly (readonly [A, string])[];
  current?: string | null;
  /** The element that says what is wrong. */
  wrong?: string | undefined;
  onAnswer: (answer: A) => void;
}

export function Choice<A extends string>(props: Props<A>) {
  const { label, answers, current, wrong, onAnswer } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a frame that no sheet removes whole
    <div class="choices" role="group" aria-label={label} aria-describedby={wrong}>
      {answers.map(([answer, words]) => (
        <button
          type="button"
          key={answer}
          aria-pressed={current === undefined ? undefined : current === answer}
          onClick={() => onAnswer(answer)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

export const YES_NO = { yes: K.yes, no: K.no };

/** Yes and No, in the words of the visitor's language. */
export function YesOrNo(props: Omit<Props<"yes" | "no">, "answers">) {
  const { t } = props.panel.text;
  return (
    <Choice
      {...props}
      answers={[
        ["yes", t(K.yes)],
        ["no", t(K.no)],
      ]}
    />
  );
}
