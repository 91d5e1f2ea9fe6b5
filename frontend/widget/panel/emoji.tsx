/** A small set of emoji, drawn by the visitor's system. */
import { useEffect, useRef } from "preact/hooks";

const SET =
  "😀 😂 😊 😉 😍 🥰 😎 🤔 😐 😴 😢 😭 😡 😱 🥳 🤗 👍 👎 👋 🙏 👏 💪 🤝 👌 ❤️ 🔥 ✨ 🎉 🎁 ☀️ ⭐ ✅ ❌ ❓ ❗".split(
    " ",
  );

interface Props {
  label: string;
  onPick: (emoji: string) => void;
  onClose: () => void;
}

export function Emoji({ label, onPick, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("button")?.focus();
    const outside = (event: Event) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const rtl = document.documentElement.dir === "rtl";
    const across = Math.max(
      1,
      buttons.findIndex((one) => one.offsetTop !== buttons[0]?.offsetTop),
    );
    const steps: Record<string, number> = {
      ArrowRight: rtl ? -1 : 1,
      ArrowLeft: rtl ? 1 : -1,
      ArrowDown: across,
      ArrowUp: -across,
    };
    const step = steps[event.key];
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    } else if (step !== undefined) {
      event.preventDefault();
      buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
    }
  };
  return (
    <div class="emoji" role="dialog" aria-label={label} ref={box} onKeyDown={onKeyDown}>
      {SET.map((emoji) => (
        <button type="button" key={emoji} onClick={() => onPick(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}
