/** What a link leads to, as a still card of our own; the provider hears nothing before a "Yes". */
import { useEffect, useRef } from "preact/hooks";
import { type Embed, embedOf } from "../../shared/embeds";
import { linkify } from "../../shared/linkify";
import { PROVIDERS } from "../../shared/providers";
import { useSignal } from "../view/signals";
import { YesOrNo } from "./choice";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

export function Embeds({ panel, text }: { panel: Panel; text: string }) {
  const found = linkify(text).map(({ href }) => (href ? embedOf(href) : null));
  const embeds = new Map(found.flatMap((embed) => (embed ? [[embed.src, embed] as const] : [])));
  return (
    <>
      {[...embeds].map(([src, embed]) => (
        <Card key={src} panel={panel} embed={embed} />
      ))}
    </>
  );
}

function Card({ panel, embed }: { panel: Panel; embed: Embed }) {
  const { text, embeds } = panel;
  const company = PROVIDERS[embed.provider];
  const asking = useSignal(false);
  const fresh = useSignal(false);
  const card = useRef<HTMLElement>(null);
  const show = useRef<HTMLButtonElement>(null);
  const answer = embeds.answer(embed.provider);
  useEffect(() => {
    if (asking.value) card.current?.focus();
    else if (fresh.value) show.current?.focus();
  }, [asking.value]);
  if (answer === "yes") return <Frame company={company} embed={embed} fresh={fresh.value} />;
  const quiet =
    answer === null
      ? K.embed_closed
      : embeds.chosen(embed.provider)
        ? K.embed_refused
        : K.embed_signal;
  const decide = (said: "yes" | "no") => {
    embeds.say(embed.provider, said);
    asking.value = false;
    fresh.value = true;
  };
  return (
    <section class="card embed" tabIndex={-1} ref={card} aria-label={company}>
      <svg viewBox="0 0 120 48" aria-hidden="true">
        <path d={DRAWINGS[embed.provider]} />
      </svg>
      <p>{text.t(asking.value ? K.embed_ask : quiet, { company })}</p>
      {asking.value ? (
        <YesOrNo panel={panel} label={company} onAnswer={decide} />
      ) : (
        <button
          type="button"
          class="wide"
          ref={show}
          onClick={() => {
            asking.value = true;
          }}
        >
          {text.t(K.show)}
          <span class="spoken"> {company}</span>
        </button>
      )}
    </section>
  );
}

/** Sealed: no address of the page it stands on, no way out of its box. */
function Frame({ company, embed, fresh }: { company: string; embed: Embed; fresh: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (fresh) frame.current?.focus();
  }, []);
  return (
    <iframe
      ref={frame}
      class={`embed ${embed.provider}`}
      title={company}
      src={embed.src}
      loading="lazy"
      sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerpolicy="no-referrer"
      allow="fullscreen; encrypted-media"
    />
  );
}

const PLAY =
  "M48 8h24a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8H48a8 8 0 0 1-8-8V16a8 8 0 0 1 8-8zM56 17l10 7-10 7z";
const NOTE = "M53 36a5 4 0 1 1-5-4 5 4 0 0 1 5 4V14l18-4v22M71 32a5 4 0 1 1-5-4 5 4 0 0 1 5 4";
const DRAWINGS = {
  youtube: PLAY,
  vimeo: PLAY,
  "google-maps":
    "M60 42S46 30 46 20a14 14 0 0 1 28 0c0 10-14 22-14 22zM60 25a5 5 0 1 0 0-10 5 5 0 0 0 0 10z",
  spotify: NOTE,
  soundcloud: NOTE,
};
