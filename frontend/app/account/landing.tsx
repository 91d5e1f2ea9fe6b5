/** The first page: what this is, and the way in. */
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/words";
import { href } from "../router/routes";
import { Mark } from "../shell/mark";
import { SignIn } from "./sign-in";
import { SignUp } from "./sign-up";

export function Landing({ form }: { form: "sign-up" | "sign-in" }) {
  const other = form === "sign-up" ? "sign-in" : "sign-up";
  const box = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // Changing the form is an act of its own: the first field is where one goes on.
    if (!first.current) box.current?.querySelector("input")?.focus();
    first.current = false;
  }, [form]);
  return (
    <div class="door">
      <header class="door-head">
        <Mark />
      </header>
      <main class="door-main" id="main">
        <section class="door-words">
          <h1 tabIndex={-1}>{t("landing.title")}</h1>
          <p class="lead">{t("landing.lead")}</p>
        </section>
        <section class="card" ref={box} aria-labelledby="door-title">
          <h2 id="door-title">{t(form === "sign-up" ? "signup.title" : "signin.title")}</h2>
          {form === "sign-up" ? <SignUp /> : <SignIn />}
          <p class="door-other">
            {t(form === "sign-up" ? "signup.other" : "signin.other")}{" "}
            <a href={href({ page: "landing", form: other })}>
              {t(form === "sign-up" ? "signin.do" : "signup.do")}
            </a>
          </p>
        </section>
      </main>
      <footer class="door-foot">
        <a href="/terms">{t("legal.terms")}</a>
        <a href="/privacy">{t("legal.privacy")}</a>
      </footer>
    </div>
  );
}
