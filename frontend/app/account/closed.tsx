/** After the account: how far its erasure has come, and the certificate that outlives it. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../../shared/api";
import { t } from "../i18n/words";
import { Copyable } from "../parts/copy";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { keepFile } from "../privacy/files";
import { Gone } from "../privacy/stores";
import { Told, useTexts } from "../privacy/told";
import { client } from "../store/client";
import type { AccountErasure } from "./account-shapes";

/** Of the account that was closed here just now; nobody else knows the nonce, and nothing keeps it. */
export const closing = signal<{ company: string; nonce: string } | null>(null);

const PAUSE = 700;

/** The erasure, asked for until it is done. A server that is away is asked again. */
function useErasure(id: string): { erasure: AccountErasure | null; failure: unknown } {
  const [erasure, setErasure] = useState<AccountErasure | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const look = async (): Promise<void> => {
      try {
        const found = await client.get<AccountErasure>(`/v1/certificates/${id}`);
        if (stopped) return;
        setErasure(found);
        setFailure(null);
        if (found.status === "live" || found.status === "final") return;
      } catch (cause) {
        if (stopped) return;
        setFailure(cause);
        if (!(cause instanceof Problem) || !cause.passing) return;
      }
      timer = setTimeout(() => void look(), PAUSE);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [id]);
  return { erasure, failure };
}

export function Closed({ id }: { id: string }) {
  const { erasure, failure } = useErasure(id);
  const said = useTexts(!!erasure?.certificate);
  const known = closing.value;
  const done = erasure?.status === "live" || erasure?.status === "final";
  const title = done
    ? t("closed.done")
    : failure !== null && !erasure
      ? t("closed.unknown")
      : t("closed.busy");
  return (
    <main class="closed" id="main">
      <h1 tabIndex={-1}>{title}</h1>
      {failure !== null && !done && <p class="notice notice-danger">{explain(failure)}</p>}
      {erasure && !done && (
        <div class="erasing" role="status">
          <progress aria-label={title} />
          <p>{t("closed.busy_text")}</p>
        </div>
      )}
      {erasure && done && (
        <>
          <p>{t("closed.text")}</p>
          <Gone receipts={erasure.receipts} />
          {erasure.certificate && <Certificate erasure={erasure} />}
          <Told erasure={erasure} said={said} />
        </>
      )}
      {known && (
        <section class="closed-proof">
          <h2>{t("closed.nonce")}</h2>
          <p>{t("closed.nonce_text")}</p>
          <Copyable text={known.nonce} name={t("closed.nonce")} />
        </section>
      )}
      {(done || failure !== null) && (
        <p>
          <a href="/">{t("closed.home")}</a>
        </p>
      )}
    </main>
  );
}

function Certificate({ erasure }: { erasure: AccountErasure }) {
  const keep = (): void =>
    keepFile(
      `account-erasure-${erasure.id}.json`,
      "application/json",
      `${JSON.stringify(
        erasure.final_certificate
          ? [erasure.certificate, erasure.final_certificate]
          : erasure.certificate,
        null,
        2,
      )}\n`,
    );
  return (
    <button type="button" class="button button-main" onClick={keep}>
      <Icon name="download" size={18} />
      {t("erase.certificate", { count: 1 })}
    </button>
  );
}
