/** Four builds, chosen by mode: `loader`, `frame`, `app`, `privacy`. `build.mjs` runs them one after another. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What all builds share. */
const base = (): UserConfig => ({
  base: "/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Our pages have one script each; what preloads others would be weight for nobody.
    modulePreload: false,
    reportCompressedSize: false,
    // Data addresses in CSS and script would need a wider policy than the pages have.
    assetsInlineLimit: 0,
  },
});

/** What the panel sets itself, under the name that it has in the sources. */
const SET = /^--accent-(fill|on|text-light|text-dark)$/;
const declared = /(--[\w-]+):([^;{}]*)(;|(?=\}))/g;

/** The sheet without tokens that nothing reads, and with values in the place of those of one value. */
function written(sheet: string): string {
  let before: string;
  let now = sheet.replace(/\[data-theme=\w+\]\{[^}]*\}|,\[data-theme\]/g, "");
  // What has read a token may itself have been left out.
  do {
    before = now;
    for (const [whole, name = "", value = ""] of before.matchAll(declared)) {
      if (SET.test(name)) continue;
      if (!now.includes(`var(${name})`)) now = now.replace(whole, "");
      else if (!/light-dark|color-mix/.test(value)) {
        now = now.replace(whole, "").replaceAll(`var(${name})`, value);
      }
    }
  } while (now !== before);
  return now;
}

/** Short names for the tokens that are left. */
function renamed(sheet: string): string {
  const names = new Set([...sheet.matchAll(declared)].map(([, name = ""]) => name));
  const own = [...names].filter((name) => !SET.test(name));
  const short = new Map(own.map((name, at) => [name, `--${at.toString(36)}`]));
  return sheet.replace(/--[\w-]+/g, (name) => short.get(name) ?? name);
}

/** Heights, widths and what is above and below by their shorter names: every language has lines across. */
const physical = (sheet: string): string =>
  sheet
    .replace(/\bblock-size\b/g, "height")
    .replace(/\binline-size\b/g, "width")
    .replace(/\b(margin|border)-block-end\b/g, "$1-bottom")
    .replace(/\b(margin|border)-block-start\b/g, "$1-top");

/** The tokens are for reading; the panel's sheet, which everybody downloads, has their values. */
const spelledTokens: Plugin = {
  name: "spelled-tokens",
  enforce: "post",
  generateBundle: (_, bundle) => {
    for (const file of Object.values(bundle)) {
      if (!("source" in file) || !file.fileName.endsWith(".css")) continue;
      file.source = physical(renamed(written(String(file.source))));
    }
  },
  // Of our own origin, which needs no word.
  transformIndexHtml: (html) => html.replaceAll(" crossorigin", ""),
};

const NAMES = [
  ...readFileSync(here("widget/panel/texts/en.ts"), "utf8").matchAll(/^ {2}(\w+):/gm),
].map(([, name]) => name);

/** The place of a text in the catalogues, which all have the same order; nothing stands in place 0. */
const placeOf = (name: string): number => {
  const at = NAMES.indexOf(name);
  if (at < 0) throw new Error(`no text is named ${name}`);
  return at + 1;
};

/** Numbers for the names of texts, which every visitor would download in code and catalogue. */
const placesOfTexts: Plugin = {
  name: "places-of-texts",
  enforce: "pre",
  transform: (code, id) => {
    if (!id.includes("/widget/panel/")) return null;
    if (/\/texts\/\w\w\.ts$/.test(id)) {
      const texts = code.replace(/^ {2}(\w+):/gm, (_, name: string) => `/* ${placeOf(name)} */`);
      return texts.replace(/^(export default|const en =) \{/m, "$1 [0,").replace(/^\}/m, "]");
    }
    const made = code
      .replace(/import \{ K(?:, type Key)? \} from [^;]+;/, "")
      .replace(/\bK\.(\w+)/g, (_, name: string) => String(placeOf(name)));
    if (/\bK\[/.test(made)) throw new Error(`${id}: only K.name has a place`);
    return made;
  },
};

/**
 * Dynamic imports without the helper that fetches a chunk's styles first: the panel's chunks have
 * none, and every visitor would download the helper and a call of it for each.
 */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null,
  generateBundle: {
    order: "post",
    handler: (_, bundle) => {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        file.code = file.code.replace(/\w+\(\(\)=>(import\(`[^`]+`\)),\[\]\)/g, "$1");
      }
    },
  },
};

const page = (mode: string, root: string, html: string): UserConfig => {
  const config = base();
  return {
    ...config,
    root: here(root),
    // Every visitor downloads it: a part of Preact that is a fifth of the whole.
    ...(mode === "frame" && {
      resolve: { alias: [{ find: /^preact(\/.*)?$/, replacement: here("widget/view/view.ts") }] },
    }),
    plugins: mode === "frame" ? [plainImports, placesOfTexts, spelledTokens] : [],
    build: {
      ...config.build,
      // `light-dark()` as it is: every browser has had it for two and a half years, and each
      // colour that is written out for older ones is written three times.
      ...(mode === "frame" && { cssTarget: ["chrome123", "safari17.5", "firefox120"] }),
      rolldownOptions: {
        input: here(`${root}/${html}`),
        output: {
          entryFileNames: `assets/${mode}-[hash].js`,
          chunkFileNames: `assets/${mode}-[name]-[hash].js`,
          assetFileNames: `assets/${mode}-[hash][extname]`,
        },
      },
    },
  };
};

const loader = (): UserConfig => {
  const config = base();
  return {
    ...config,
    build: {
      ...config.build,
      rolldownOptions: {
        input: here("widget/loader/main.ts"),
        output: { format: "iife", entryFileNames: "widget.js" },
      },
    },
  };
};

const privacy = (): UserConfig => {
  const config = base();
  return {
    ...config,
    build: {
      ...config.build,
      rolldownOptions: {
        input: here("privacy/main.ts"),
        output: { format: "iife", entryFileNames: "privacy.js" },
      },
    },
  };
};

export default defineConfig(({ mode }) => {
  if (mode === "privacy") return privacy();
  if (mode === "loader") return loader();
  if (mode === "frame") return page("frame", "widget/panel", "frame.html");
  if (mode === "app") return page("app", "app", "index.html");
  return base();
});
