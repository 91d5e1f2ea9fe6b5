/** Text with links, and legal texts with their small Markdown: elements, never HTML. */
import type { ComponentChildren } from "preact";
import { linkify } from "../../shared/linkify";
import { paragraphs, type Span } from "../../shared/markdown";

export function Words({ text }: { text: string }) {
  return <Spans spans={linkify(text)} />;
}

export function Prose({ text }: { text: string }) {
  return (
    <>
      {paragraphs(text).map((spans, index) => (
        <p key={index}>
          <Spans spans={spans} />
        </p>
      ))}
    </>
  );
}

function Spans({ spans }: { spans: Span[] }) {
  return <>{spans.map(marked)}</>;
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
