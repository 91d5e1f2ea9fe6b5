/** Text to take along: shown as it is, with a button that copies it. */
import { useRef, useState } from "preact/hooks";
import { t } from "../i18n/words";
import { announce } from "./announce";
import { Icon } from "./icon";

interface Props {
  text: string;
  /** What is copied, for the name of the region. */
  name: string;
  /** Words for people, not lines for machines. */
  prose?: boolean;
}

export function Copyable({ text, name, prose = false }: Props) {
  const [copied, setCopied] = useState(false);
  const shown = useRef<HTMLElement>(null);
  const copy = async (): Promise<void> => {
    if (!(await toClipboard(text, shown.current))) return;
    setCopied(true);
    announce(t("copy.done"));
    setTimeout(() => setCopied(false), 2500);
  };
  return (
    <section class={prose ? "copyable copyable-prose" : "copyable"} aria-label={name}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} dir={prose ? "auto" : "ltr"}>
        <code ref={shown}>{text}</code>
      </pre>
      <button type="button" class="button button-small" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} size={16} />
        {copied ? t("copy.done") : t("copy.do")}
      </button>
    </section>
  );
}

/**
 * Pages without TLS have no clipboard interface; there the old way still works, and where that does
 * not, what is selected is copied by hand. Within `shown`, for behind a dialog nothing is selected.
 */
async function toClipboard(text: string, shown: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (shown) getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
