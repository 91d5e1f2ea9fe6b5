/** A new account: who, with what password, on which terms. */
import { useEffect, useId, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import type { SignedUp, Terms } from "../../shared/types";
import { Rich } from "../i18n/rich";
import { t } from "../i18n/words";
import { FieldError, TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { looksLikeMail, type Wrong } from "../parts/problem";
import { go } from "../router/router";
import { client } from "../store/client";
import { passwordWrong } from "./password";
import { enter, justSignedUp, look } from "./session";

const START = { company: "", name: "", email: "", password: "", accepted_terms: false };

function check(values: typeof START): Wrong {
  return {
    company: values.company.trim() ? undefined : t("wrong.empty"),
    name: values.name.trim() ? undefined : t("wrong.empty"),
    email: looksLikeMail(values.email) ? undefined : t("wrong.email"),
    password: passwordWrong(values.password),
    accepted_terms: values.accepted_terms ? undefined : t("wrong.terms"),
  };
}

/** The version that is on the page now; asked for again when the server says it is stale. */
function useTerms() {
  const [terms, setTerms] = useState<string | null>(null);
  const load = async (): Promise<string> => {
    const { version } = await client.get<Terms>("/v1/legal/terms");
    setTerms(version);
    return version;
  };
  useEffect(() => {
    // Asked for again with the form, which says what went wrong.
    load().catch(() => setTerms(null));
  }, []);
  return { terms, load };
}

export function SignUp() {
  const { terms, load } = useTerms();
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: START,
    check,
    send: async (filled) => {
      const version = terms ?? (await load());
      try {
        const { account, operator } = await client.post<SignedUp>("/v1/accounts", {
          company: filled.company.trim(),
          name: filled.name.trim(),
          email: filled.email.trim(),
          password: filled.password,
          accepted_terms: version,
        });
        justSignedUp.value = true;
        // The full profile comes with the next look; this is enough to draw the page.
        enter({ account, operator: { ...BARE, ...operator }, terms_due: null });
        go({ page: "inbox", view: "open", chat: null }, { replace: true });
        await look();
      } catch (cause) {
        if (cause instanceof Problem && cause.code === "terms_stale") {
          set("accepted_terms", false);
          await load();
        }
        throw fieldOf(cause);
      }
    },
  });
  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label={t("field.company")}
        name="company"
        autocomplete="organization"
        value={values.company}
        error={wrong.company}
        onInput={(text) => set("company", text)}
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
        label={t("field.email")}
        name="email"
        type="email"
        autocomplete="email"
        value={values.email}
        error={wrong.email}
        onInput={(text) => set("email", text)}
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
      <Accept
        checked={values.accepted_terms}
        error={wrong.accepted_terms}
        onChange={(on) => set("accepted_terms", on)}
      />
      {failure && <p class="notice notice-danger">{failure}</p>}
      <button type="submit" class="button button-main button-wide" aria-disabled={busy}>
        {t(busy ? "signup.busy" : "signup.do")}
      </button>
    </form>
  );
}

const BARE = { display_name: null, language: "en", availability: "online" } as const;

/** An address that is taken belongs to its field, like every other wrong address. */
function fieldOf(cause: unknown): unknown {
  if (!(cause instanceof Problem) || cause.code !== "email_taken") return cause;
  const errors = [{ field: "email", message: t("problem.email_taken") }];
  return new Problem(cause.status, cause.code, cause.detail, errors);
}

interface AcceptProps {
  checked: boolean;
  error: string | undefined;
  onChange: (on: boolean) => void;
}

function Accept({ checked, error, onChange }: AcceptProps) {
  const id = useId();
  const link = (
    <a href="/terms" target="_blank" rel="noopener">
      {t("legal.terms_link")}
    </a>
  );
  return (
    <div class={error ? "accept field-wrong" : "accept"}>
      <input
        id={id}
        type="checkbox"
        name="accepted_terms"
        checked={checked}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>
        <Rich k="signup.accept" parts={{ terms: link }} />
      </label>
      <FieldError id={`${id}-error`} text={error} />
    </div>
  );
}
