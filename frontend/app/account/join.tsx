/** Accept an invitation. The token comes in the fragment and leaves the address bar at once. */
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import type { Me, Role } from "../../shared/types";
import { type Key, t } from "../i18n/words";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { explain } from "../parts/problem";
import { go } from "../router/router";
import { Mark } from "../shell/mark";
import { client } from "../store/client";
import { passwordWrong } from "./password";
import { enter, look } from "./session";

interface Invited {
  company: string;
  email: string;
  role: Role;
}

/** Read the token once; neither history nor a screen that is shared shows it afterwards. */
export function takeToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

export function Join({ token }: { token: string }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    client.post<Invited>("/v1/invitations/look", { token }).then(setInvited).catch(setFailure);
  }, [token]);
  const gone = failure instanceof Problem && failure.status === 404;
  return (
    <div class="door">
      <header class="door-head">
        <Mark />
      </header>
      <main class="door-main door-single" id="main">
        <section class="card">
          {invited && <Accept token={token} invited={invited} />}
          {failure !== null && (
            <div role="alert">
              <h1 tabIndex={-1}>{t(gone ? "join.gone" : "join.failed")}</h1>
              <p>{gone ? t("join.gone_text") : explain(failure)}</p>
              <a class="button" href="/?form=sign-in">
                {t("signin.do")}
              </a>
            </div>
          )}
        </section>
      </main>
    </div>
  );
}

function Accept({ token, invited }: { token: string; invited: Invited }) {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { name: "", password: "" },
    check: ({ name, password }) => ({
      name: name.trim() ? undefined : t("wrong.empty"),
      password: passwordWrong(password),
    }),
    send: async ({ name, password }) => {
      enter(
        await client.post<Me>("/v1/invitations/accept", { token, name: name.trim(), password }),
      );
      go({ page: "inbox", view: "open", chat: null }, { replace: true });
      await look();
    },
  });
  return (
    <>
      <h1 tabIndex={-1}>{t("join.title", { company: invited.company })}</h1>
      <p class="lead">{t(`join.as_${invited.role}` as Key, { email: invited.email })}</p>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {/* Tells password keepers whose password this is. */}
        <input
          class="spoken"
          type="email"
          autocomplete="username"
          tabIndex={-1}
          readOnly
          aria-hidden="true"
          value={invited.email}
        />
        <TextField
          label={t("field.name")}
          name="name"
          autocomplete="name"
          value={values.name}
          error={wrong.name}
          onInput={(text) => set("name", text)}
        />
        <TextField
          label={t("field.password")}
          name="password"
          type="password"
          autocomplete="new-password"
          hint={t("field.password_hint")}
          value={values.password}
          error={wrong.password}
          onInput={(text) => set("password", text)}
        />
        {failure && <p class="notice notice-danger">{failure}</p>}
        <button type="submit" class="button button-main button-wide" aria-disabled={busy}>
          {t("join.do")}
        </button>
      </form>
    </>
  );
}
