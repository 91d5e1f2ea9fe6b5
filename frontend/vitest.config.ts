import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The panel is tried with what it is built with. */
const view = fileURLToPath(new URL("widget/view/view.ts", import.meta.url));

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "happy-dom",
    // A frame gets its empty page; tests that set an address keep it from being loaded.
    environmentOptions: { happyDOM: { settings: { enableIframePageLoading: true } } },
    projects: [
      {
        extends: true,
        resolve: { alias: [{ find: /^preact(\/.*)?$/, replacement: view }] },
        test: { name: "widget", include: ["widget/**/*.test.{ts,tsx}"] },
      },
      {
        extends: true,
        test: { name: "others", include: ["{app,privacy,shared}/**/*.test.{ts,tsx}"] },
      },
    ],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
