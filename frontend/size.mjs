/**
 * What a visitor downloads, file by file, beside the budget. Ends with 1 above it.
 * Compressed is brotli, as the server sends it to every browser of today; gzip is for the rest.
 */
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `chat` is all that is needed to chat; `total` is that and every right that somebody exercises. */
export const BUDGET = { loader: 3 * 1024, chat: 27.5 * 1024, total: 33 * 1024 };
const folder = join(dirname(fileURLToPath(import.meta.url)), "../src/chathaven/entry/static");

/** The files of the widget; of the catalogues, only the largest, for a visitor loads one. */
export function measure() {
  const assets = readdirSync(join(folder, "assets")).map((name) => `assets/${name}`);
  const names = ["widget.js", "frame.html", ...assets].filter((name) =>
    /^(widget\.js|frame\.html|assets\/frame-.*\.(js|css))$/.test(name),
  );
  const files = names.map((name) => {
    const size = (suffix) => statSync(join(folder, name + suffix)).size;
    const catalogue = /assets\/frame-[a-z]{2}-/.test(name);
    return { name, catalogue, raw: size(""), br: size(".br"), gz: size(".gz") };
  });
  const largest = Math.max(...files.filter(({ catalogue }) => catalogue).map(({ br }) => br));
  const fixed = files.filter(({ catalogue }) => !catalogue);
  const total = fixed.reduce((sum, { br }) => sum + br, largest);
  const extras = files.find(({ name }) => name.startsWith("assets/frame-extras-"))?.br ?? 0;
  const loader = files.find(({ name }) => name === "widget.js")?.br ?? Number.POSITIVE_INFINITY;
  return { files, loader, chat: total - extras, total };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, loader, chat, total } = measure();
  const row = (name, raw, br, gz) =>
    `${name.padEnd(34)}${String(raw).padStart(8)}${String(br).padStart(8)}${String(gz).padStart(8)}`;
  console.log(row("file (bytes)", "raw", "brotli", "gzip"));
  for (const { name, raw, br, gz } of files) console.log(row(name, raw, br, gz));
  console.log(
    `loader ${loader} of ${BUDGET.loader}, to chat ${chat} of ${BUDGET.chat},` +
      ` all with one catalogue ${total} of ${BUDGET.total}`,
  );
  if (loader > BUDGET.loader || chat > BUDGET.chat || total > BUDGET.total) process.exitCode = 1;
}
