/**
 * Build the loader, the frame and the app, compress what the server hands out, and put it all
 * into the package. Pages are replaced last and old assets removed after that, so that a server
 * that runs meanwhile never serves a page whose files are missing.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/chathaven/entry/static");
const vite = join(here, "node_modules/vite/bin/vite.js");
// A folder of its own for each run: two builds at once must not empty each other's output.
const work = join(here, "dist", String(process.pid));
const ALL = ["loader", "frame", "app", "privacy"];
/** `npm run build -- frame` builds one part and leaves the others as they are. */
const MODES = process.argv.length > 2 ? process.argv.slice(2) : ALL;
const COMPRESSIBLE = /\.(js|css|html|svg|json)$/;

/** Every file below a folder, as a path relative to it. */
async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** How brotli may write the distance to what it repeats: which way is shortest, only trying tells. */
const DISTANCES = [0, 1, 2, 3].flatMap((postfix) =>
  [0, 4, 12, 15].map((direct) => ({
    [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
    [constants.BROTLI_PARAM_NDIRECT]: direct << postfix,
  })),
);

/** The shortest that brotli makes of something; worth its time for what strangers download. */
async function shortest(raw, tries) {
  const all = tries.map((distances) =>
    promisify(brotliCompress)(raw, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
        ...distances,
      },
    }),
  );
  return (await Promise.all(all)).reduce((best, one) => (one.length < best.length ? one : best));
}

/** Write the `.br` and `.gz` siblings that the server hands to whoever accepts them. */
async function compress(path, mode) {
  const raw = await readFile(path);
  const [br, gz] = await Promise.all([
    shortest(raw, mode === "app" ? [{}] : DISTANCES),
    promisify(gzip)(raw, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}

async function build(mode) {
  const out = join(work, mode);
  const options = ["--mode", mode, "--outDir", out, "--emptyOutDir", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, [vite, "build", ...options], {
    cwd: here,
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (mode === "app") await rename(join(out, "index.html"), join(out, "app.html"));
  const made = await files(out);
  await Promise.all(
    made.filter((name) => COMPRESSIBLE.test(name)).map((name) => compress(join(out, name), mode)),
  );
  return (await files(out)).map((name) => ({ name, from: join(out, name) }));
}

/** Copy beside the destination and rename, so that nobody reads half a file. */
async function place({ name, from }) {
  const to = join(target, name);
  await mkdir(dirname(to), { recursive: true });
  const partial = join(dirname(to), `.${basename(to)}.${process.pid}`);
  await copyFile(from, partial);
  await rename(partial, to);
}

try {
  const made = (await Promise.all(MODES.map(build))).flat();
  const hashed = made.filter(({ name }) => name.startsWith("assets/"));
  const named = made.filter(({ name }) => !name.startsWith("assets/"));
  await Promise.all(hashed.map(place));
  await Promise.all(named.map(place));

  const current = new Set(made.map(({ name }) => name));
  for (const name of await files(target)) {
    const ours = MODES.some((mode) => name.startsWith(`assets/${mode}-`));
    if (ours && !current.has(name)) await rm(join(target, name), { force: true });
  }
  console.log(`${made.length} files in ${target}`);
} finally {
  await rm(work, { recursive: true, force: true });
}
