import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    environment: "happy-dom",
    // A frame gets its empty page; tests that set an address keep it from being loaded.
    environmentOptions: { happyDOM: { settings: { enableIframePageLoading: true } } },
    include: ["{app,privacy,shared,widget}/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
