/** Where the operator app starts. */
import { render } from "preact";
import "../shared/tokens.css";
import "./parts/elements.css";
import "./parts/pieces.css";
import "./parts/fields.css";
import "./parts/overlays.css";
import "./account/door.css";
import "./shell/shell.css";
import "./inbox/list.css";
import "./inbox/first-steps.css";
import "./inbox/columns.css";
import "./conversation/messages.css";
import "./conversation/conversation.css";
import "./person/person.css";
import "./privacy/privacy.css";
import "./settings/settings.css";
import "./records/records.css";
import "./settings/look.css";
import "./settings/texts.css";
import "./visitors/visitors.css";
import "./requests/requests.css";
import { startSession } from "./account/session";
import { speak } from "./i18n/words";
import { startAttention } from "./parts/attention";
import { startClock } from "./parts/when";
import { startRouter } from "./router/router";
import { App } from "./shell/app";
import { startBadge } from "./shell/badge";

startRouter();
startClock();
startAttention();
startBadge();
void speak(null);
startSession();

const root = document.getElementById("root");
if (root) render(<App />, root);
