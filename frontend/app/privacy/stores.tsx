/** What is held about somebody, counted, in plain words instead of names of tables. */
import { has, language, number, t } from "../i18n/words";
import { Icon } from "../parts/icon";
import { day } from "../parts/when";
import type { Removed, Staying, Stores } from "./shapes";

/** Counts of several people, or of one store under several names, together. */
export function together(all: readonly Stores[]): Stores {
  const sum: Record<string, number> = {};
  for (const stores of all) {
    for (const [store, count] of Object.entries(stores)) sum[store] = (sum[store] ?? 0) + count;
  }
  return sum;
}

/** In the order of what people care about; what has no word of its own comes last, as one. */
const ORDER = ["visitors", "chats", "events", "files", "receipts", "visitor_tokens", "person_keys"];

interface Line {
  store: string;
  count: number;
}

export function linesOf(stores: Stores): Line[] {
  const lines: Line[] = [];
  let others = 0;
  for (const [store, count] of Object.entries(stores)) {
    if (count === 0) continue;
    if (has(`store.${store}`)) lines.push({ store, count });
    else others += count;
  }
  const rank = ({ store }: Line): number => {
    const at = ORDER.indexOf(store);
    return at < 0 ? ORDER.length : at;
  };
  lines.sort((a, b) => rank(a) - rank(b));
  return others > 0 ? [...lines, { store: "other", count: others }] : lines;
}

const wordOf = (store: string, count: number): string => {
  const key = `store.${store}`;
  return has(key) ? t(key, { count }) : t("store.other", { count });
};

/** What would go. */
export function Counted({ stores }: { stores: Stores }) {
  return (
    <ul class="stores">
      {linesOf(stores).map(({ store, count }) => (
        <li key={store}>
          <b>{number(count)}</b>
          <span>{wordOf(store, count)}</span>
        </li>
      ))}
    </ul>
  );
}

const staysWords = (store: string, count: number, date: string): string => {
  if (store === "audit_lines") return t("erase.stays_audit", { count, date });
  if (store === "consent_proofs") return t("erase.stays_proof", { count, date });
  return wordOf(store, count);
};

/** What the law has kept, and until when. */
export function Stays({ stays }: { stays: readonly Staying[] }) {
  if (stays.length === 0) return null;
  return (
    <>
      <p>{t("erase.stays")}</p>
      <ul class="stores">
        {stays.map(({ store, count, until }) => (
          <li key={store}>{staysWords(store, count, day(until, language.value))}</li>
        ))}
      </ul>
    </>
  );
}

/** What has gone, and whether somebody looked again. */
export function Gone({ receipts }: { receipts: readonly Removed[] }) {
  const counts = together(receipts.map(({ store, removed }) => ({ [store]: removed })));
  const clean = receipts.every(({ verified }) => verified);
  return (
    <>
      <ul class="stores stores-gone">
        {linesOf(counts).map(({ store, count }) => (
          <li key={store}>
            <Icon name="check" size={16} />
            <b>{number(count)}</b>
            <span>{wordOf(store, count)}</span>
          </li>
        ))}
      </ul>
      <p class={clean ? "field-hint" : "notice notice-danger"}>
        {t(clean ? "erase.verified" : "erase.unverified")}
      </p>
    </>
  );
}
