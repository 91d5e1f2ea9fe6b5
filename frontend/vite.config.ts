/** Three builds, chosen by mode: `loader`, `frame`, `app`. `build.mjs` runs them one after another. */
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
    plugins: mode === "frame" ? [plainImports] : [],
    build: {
      ...config.build,
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

export default defineConfig(({ mode }) => {
  if (mode === "loader") return loader();
  if (mode === "frame") return page("frame", "widget/panel", "frame.html");
  if (mode === "app") return page("app", "app", "index.html");
  return base();
});
