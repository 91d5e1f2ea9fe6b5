/** A new password: the old one proves who asks, all other sessions end. */
import { t } from "../i18n/words";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { passwordWrong } from "./password";
import { operator } from "./session";

const START = { current_password: "", new_password: "" };

export function PasswordChange() {
  const { values, set, setValues, wrong, failure, busy, submit, form } = useForm({
    start: START,
    check: ({ current_password, new_password }) => ({
      current_password: current_password ? undefined : t("wrong.empty"),
      new_password: passwordWrong(new_password),
    }),
    send: async (filled) => {
      await client.post("/v1/me/password", filled);
      setValues(START);
      toast(t("password.done"));
    },
  });
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      {/* Tells password keepers whose password this is. */}
      <input
        class="spoken"
        type="email"
        autocomplete="username"
        tabIndex={-1}
        readOnly
        aria-hidden="true"
        value={operator.value?.email ?? ""}
      />
      <TextField
        label={t("password.current")}
        name="current_password"
        type="password"
        autocomplete="current-password"
        value={values.current_password}
        error={wrong.current_password}
        onInput={(text) => set("current_password", text)}
      />
      <TextField
        label={t("password.new")}
        name="new_password"
        type="password"
        autocomplete="new-password"
        hint={t("field.password_hint")}
        value={values.new_password}
        error={wrong.new_password}
        onInput={(text) => set("new_password", text)}
      />
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button" aria-disabled={busy}>
        {t("password.do")}
      </button>
    </form>
  );
}
