/** Where the operator app starts. */
import { render } from "preact";
import "../shared/tokens.css";
import "./styles/parts.css";
import "./styles/door.css";
import "./styles/shell.css";
import "./styles/inbox.css";
import "./styles/conversation.css";
import "./styles/person.css";
import "./styles/settings.css";
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
