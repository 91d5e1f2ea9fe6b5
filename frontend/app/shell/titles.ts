/** What the page in front is called. */
import { computed } from "@preact/signals";
import { phase } from "../account/session";
import { t } from "../i18n/words";
import { route } from "../router/router";

function subject(): string {
  const here = route.value;
  if (here.page === "join") return t("join.page");
  if (here.page === "closed") return t("closed.page");
  if (phase.value !== "in") return here.page === "landing" ? t("landing.page") : t("signin.title");
  switch (here.page) {
    // Without the visitor's name: titles stay in the history of the browser.
    case "inbox":
      return t("inbox.title");
    case "visitors":
      return t("visitors.title");
    case "requests":
      return t("requests.title");
    case "profile":
      return t("profile.title");
    case "settings":
      return t(`settings.${here.section}`);
    default:
      return t("missing.title");
  }
}

export const pageTitle = computed(() => `${subject()} · Chathaven`);
