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

/** Custom properties that nothing reads are left out: the panel uses two thirds of the tokens. */
const readTokens: Plugin = {
  name: "read-tokens",
  enforce: "post",
  generateBundle: (_, bundle) => {
    const files = Object.values(bundle);
    const script = files.map((file) => ("code" in file ? file.code : "")).join("");
    for (const file of files) {
      if (!("source" in file) || !file.fileName.endsWith(".css")) continue;
      let before: string;
      let sheet = String(file.source);
      // What read a token may itself have been left out.
      do {
        before = sheet;
        sheet = before.replace(/(--[\w-]+):[^;{}]*(;|(?=\}))/g, (whole, name: string) =>
          new RegExp(`var\\(${name}[,)]`).test(before) || script.includes(name) ? whole : "",
        );
      } while (sheet !== before);
      file.source = sheet;
    }
  },
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
 * Dynamic imports without the helper that fetches a chunk's styles first: the panel's chunks are
 * catalogues and have none, and every visitor would download it.
 */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null,
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
    plugins: mode === "frame" ? [plainImports, placesOfTexts, readTokens] : [],
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
