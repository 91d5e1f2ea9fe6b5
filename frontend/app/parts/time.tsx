/** A time that stays true while the page is open, with the full date for those who point at it. */
import { language } from "../i18n/words";
import { clock, full, now, short } from "./when";

export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={full(at, language.value)}>
      {short(at, language.value, now.value)}
    </time>
  );
}

export function Clock({ at }: { at: string }) {
  return (
    <time dateTime={at} title={full(at, language.value)}>
      {clock(at, language.value)}
    </time>
  );
}
