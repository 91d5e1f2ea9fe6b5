/** What outlives a person: proofs of consent and addresses that get no advertising, found by asking. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Time } from "../../shared/types";
import { language, t } from "../i18n/words";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { Icon } from "../parts/icon";
import { explain, looksLikeMail } from "../parts/problem";
import { toast } from "../parts/toast";
import { day } from "../parts/when";
import { client } from "../store/client";
import { keepFile } from "./files";

interface Proof {
  answer: "given" | "withdrawn";
  answered_at: Time;
  text: string;
  text_version: string;
  receipt: { number: number };
}

/** What was shown, and what is kept for it; `suppressed` is null where it was no address. */
interface Found {
  email: string;
  proofs: readonly Proof[];
  suppressed: boolean | null;
}

const isAddress = (typed: string): boolean => typed.includes("@");

async function lookUp(typed: string): Promise<Found> {
  const shown = isAddress(typed) ? { email: typed } : { nonce: typed };
  const { items } = await client.post<{ items: Proof[] }>("/v1/consent-proofs/search", shown);
  if (!isAddress(typed)) return { email: "", proofs: items, suppressed: null };
  const check = { email: typed };
  const { suppressed } = await client.post<{ suppressed: boolean }>(
    "/v1/suppressions/check",
    check,
  );
  return { email: typed, proofs: items, suppressed };
}

export function KeptAfterwards() {
  const [total, setTotal] = useState<number | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const count = useCallback(() => {
    client
      .get<{ total: number }>("/v1/suppressions")
      .then((counted) => setTotal(counted.total))
      .catch(() => setTotal(null));
  }, []);
  useEffect(count, [count]);
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { shown: "" },
    check: ({ shown }) => ({
      shown: !shown.trim()
        ? t("wrong.empty")
        : isAddress(shown) && !looksLikeMail(shown)
          ? t("wrong.email")
          : undefined,
    }),
    send: async ({ shown }) => setFound(await lookUp(shown.trim())),
  });
  const change = async (email: string, on: boolean): Promise<void> => {
    try {
      await client.post(on ? "/v1/suppressions" : "/v1/suppressions/revocation", { email });
      setFound(found && { ...found, suppressed: on });
      count();
    } catch (cause) {
      toast(explain(cause), { failed: true });
    }
  };
  return (
    <>
      {total !== null && <p>{t("kept.count", { count: total })}</p>}
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t("kept.shown")}
          name="shown"
          autocomplete="off"
          value={values.shown}
          error={wrong.shown}
          onInput={(typed) => {
            set("shown", typed);
            setFound(null);
          }}
        />
        {failure && <p class="notice notice-danger">{failure}</p>}
        <button type="submit" class="button" aria-disabled={busy}>
          {t("kept.find")}
        </button>
      </form>
      {found && <Shown found={found} onChange={change} />}
    </>
  );
}

interface ShownProps {
  found: Found;
  onChange: (email: string, on: boolean) => Promise<void>;
}

function Shown({ found: { email, proofs, suppressed }, onChange }: ShownProps) {
  return (
    <div role="status">
      {proofs.length === 0 && <p class="notice">{t("kept.none")}</p>}
      <ul class="lines">
        {proofs.map((proof) => (
          <li key={proof.receipt.number}>
            <span class="line-main">
              <b>
                {t(`kept.${proof.answer}`, {
                  date: day(proof.answered_at, language.value),
                  version: proof.text_version,
                })}
              </b>
              <small dir="auto">{proof.text}</small>
            </span>
            <button
              type="button"
              class="button button-small"
              onClick={() =>
                keepFile(
                  `consent-proof-${proof.receipt.number}.json`,
                  "application/json",
                  JSON.stringify(proof),
                )
              }
            >
              <Icon name="download" size={16} />
              {t("kept.download")}
            </button>
          </li>
        ))}
      </ul>
      {suppressed !== null && (
        <p class="person-acts">
          <span>{t(suppressed ? "kept.is_on" : "kept.is_off")}</span>
          <button
            type="button"
            class="button button-small"
            onClick={() => void onChange(email, !suppressed)}
          >
            {t(suppressed ? "kept.lift" : "kept.put")}
          </button>
        </p>
      )}
    </div>
  );
}
