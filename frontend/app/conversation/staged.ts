/** Files that were chosen for a chat and are not sent yet; they live as long as the page does. */
import { signal } from "@preact/signals";
import { t } from "../i18n/words";
import { announce } from "../parts/announce";
import { sizeOf } from "../parts/size";

/** What the server takes: bytes of one file, and the ends of names. */
const LARGEST = 20 * 1024 * 1024;
/** The same as people say it, a little less than what is taken. */
const SAID = 20_000_000;
export const ACCEPTED =
  ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods,.zip,.mp3,.ogg,.m4a,.mp4,.webm";
/** So many go at once; more is rather a folder that was dropped by mistake. */
const MOST = 10;

export interface Staged {
  files: readonly File[];
  /** Why others were left out. */
  wrong: readonly string[];
}

const NOTHING: Staged = { files: [], wrong: [] };
const staged = signal<ReadonlyMap<string, Staged>>(new Map());

export const stagedFor = (chatId: string): Staged => staged.value.get(chatId) ?? NOTHING;

function put(chatId: string, next: Staged): void {
  const all = new Map(staged.peek());
  if (next.files.length + next.wrong.length > 0) all.set(chatId, next);
  else all.delete(chatId);
  staged.value = all;
}

/** What is wrong with a file before anything of it is sent. */
function wrongWith(file: File): string | null {
  if (file.size === 0) return t("files.empty", { name: file.name });
  if (file.size <= LARGEST) return null;
  return t("files.too_large", { name: file.name, size: sizeOf(SAID) });
}

/** Choose files for a chat; what cannot be sent is said at once. */
export function stage(chatId: string, chosen: readonly File[]): void {
  const before = staged.peek().get(chatId) ?? NOTHING;
  const good = chosen.filter((file) => wrongWith(file) === null);
  const files = [...before.files, ...good].slice(0, MOST);
  const wrong = chosen.map(wrongWith).filter((text) => text !== null);
  if (before.files.length + good.length > MOST) wrong.push(t("files.too_many", { count: MOST }));
  put(chatId, { files, wrong });
  if (wrong.length > 0) announce(wrong.join(" "), { urgent: true });
  else if (good.length > 0) {
    announce(t("files.were_chosen", { names: good.map(({ name }) => name).join(", ") }));
  }
}

export function unstage(chatId: string, file: File): void {
  const { files } = staged.peek().get(chatId) ?? NOTHING;
  put(chatId, { files: files.filter((one) => one !== file), wrong: [] });
}

/** Take what was chosen, to send it. */
export function takeStaged(chatId: string): readonly File[] {
  const { files } = staged.peek().get(chatId) ?? NOTHING;
  put(chatId, NOTHING);
  return files;
}

/** What was chosen for a chat that is gone goes with it; of all chats with the sign-out. */
export function forgetStaged(chatId?: string): void {
  if (chatId === undefined) staged.value = new Map();
  else put(chatId, NOTHING);
}

/** A file that is dragged or pasted, not words: spreadsheets put a picture beside their words. */
export function filesIn(data: DataTransfer | null): File[] {
  if (!data || data.types.includes("text/plain")) return [];
  return [...data.files];
}
