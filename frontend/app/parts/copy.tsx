/** Text to take along: shown as it is, with a button that copies it. */
import { useState } from "preact/hooks";
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
  const copy = async (): Promise<void> => {
    if (!(await toClipboard(text))) return;
    setCopied(true);
    announce(t("copy.done"));
    setTimeout(() => setCopied(false), 2500);
  };
  return (
    <section class={prose ? "copyable copyable-prose" : "copyable"} aria-label={name}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <button type="button" class="button button-small" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} size={16} />
        {copied ? t("copy.done") : t("copy.do")}
      </button>
    </section>
  );
}

/** Pages without TLS have no clipboard interface; there the old way still works. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "spoken";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
