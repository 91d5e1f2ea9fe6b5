/** Invite somebody by mail. */
import type { Installation, Role } from "../../shared/types";
import { operator } from "../account/session";
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { looksLikeMail } from "../parts/problem";
import { toast } from "../parts/toast";
import { client } from "../store/client";
import { RoleText, rolesFor } from "./team";

interface Props {
  mail: Installation["mail"] | null;
  onClose: () => void;
  onDone: () => void;
}

export function Invite({ mail, onClose, onDone }: Props) {
  const roles = rolesFor(operator.value?.role ?? "operator", "operator");
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { email: "", role: "operator" as Role },
    check: ({ email }) => (looksLikeMail(email) ? {} : { email: t("wrong.email") }),
    send: async ({ email, role }) => {
      await client.post("/v1/invitations", { email: email.trim(), role });
      toast(t("team.sent", { email: email.trim() }));
      onDone();
      onClose();
    },
  });
  return (
    <Dialog title={t("team.invite")} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <p>{t(mail === "outbox" ? "team.invite_outbox" : "team.invite_text")}</p>
        <TextField
          label={t("field.email")}
          name="email"
          type="email"
          autocomplete="off"
          value={values.email}
          error={wrong.email}
          onInput={(email) => set("email", email)}
        />
        <fieldset class="choices">
          <legend>{t("team.role")}</legend>
          {roles.map((role) => (
            <label key={role}>
              <input
                type="radio"
                name="role"
                checked={values.role === role}
                onChange={() => set("role", role)}
              />
              <RoleText role={role} />
            </label>
          ))}
        </fieldset>
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t("team.invite_do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
