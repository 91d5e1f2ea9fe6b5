/** Back to work. */
import type { Me } from "../../shared/types";
import { t } from "../i18n/words";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { looksLikeMail } from "../parts/problem";
import { go, route } from "../router/router";
import { client } from "../store/client";
import { enter, look } from "./session";

export function SignIn() {
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { email: "", password: "" },
    check: ({ email, password }) => ({
      email: looksLikeMail(email) ? undefined : t("wrong.email"),
      password: password ? undefined : t("wrong.empty"),
    }),
    send: async ({ email, password }) => {
      enter(await client.post<Me>("/v1/sessions", { email: email.trim(), password }));
      // Whoever was signed out in the middle of something goes on there.
      if (route.peek().page === "landing") {
        go({ page: "inbox", view: "open", chat: null }, { replace: true });
      }
      await look();
    },
  });
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label={t("field.email")}
        name="email"
        type="email"
        autocomplete="username"
        value={values.email}
        error={wrong.email}
        onInput={(text) => set("email", text)}
      />
      <TextField
        label={t("field.password")}
        name="password"
        type="password"
        autocomplete="current-password"
        value={values.password}
        error={wrong.password}
        onInput={(text) => set("password", text)}
      />
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button button-main button-wide" aria-disabled={busy}>
        {t(busy ? "signin.busy" : "signin.do")}
      </button>
    </form>
  );
}
