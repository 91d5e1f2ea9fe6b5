/** Legal texts with their small Markdown, as the widget shows them: elements, never HTML. */
import type { ComponentChildren } from "preact";
import { paragraphs, type Span } from "../../shared/markdown";

export function Prose({ text }: { text: string }) {
  return (
    <>
      {paragraphs(text).map((spans, at) => (
        <p key={at}>{spans.map(marked)}</p>
      ))}
    </>
  );
}

function marked({ text, href, strong, em }: Span, key: number): ComponentChildren {
  let made: ComponentChildren = text;
  if (href) {
    made = (
      <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
    );
  }
  if (em) made = <em key={key}>{made}</em>;
  return strong ? <strong key={key}>{made}</strong> : made;
}
