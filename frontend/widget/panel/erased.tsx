/** The proof of the visitor's own erasure: shown this once, and kept nowhere here. */
import { useEffect, useRef } from "preact/hooks";
import { createClient } from "../../shared/api";
import {
  type Certificate,
  CertificateText,
  type CertificateTexts,
  fetchTexts,
} from "../../shared/certificate";
import { useSignal } from "../view/signals";
import { keep } from "./keep";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

interface Found {
  status: string;
  certificate: Certificate | null;
}

const PAUSE = 3000;

export function Erased({ panel: { text, erasure } }: { panel: Panel }) {
  const title = useRef<HTMLHeadingElement>(null);
  const found = useSignal<Found | null>(null);
  const said = useSignal<CertificateTexts | null>(null);
  const { erasure: asked, nonce } = erasure.value ?? {};
  const number = asked?.id;
  useEffect(() => {
    title.current?.focus();
    // The one who asks is nobody any more: the number and the key are all that is left.
    const client = createClient();
    const look = async () => {
      const body = { erasure_id: number, nonce };
      found.value = await client.post<Found>("/v1/erasures/look", body).catch(() => found.value);
      if (!found.value?.certificate) return;
      said.value ??= await fetchTexts(client, text.language).catch(() => null);
      if (said.value) clearInterval(timer);
    };
    const timer = setInterval(look, PAUSE);
    return () => clearInterval(timer);
  }, []);
  const certificate = found.value?.certificate;
  const lines = [
    [K.erased_number, number],
    [K.erased_key, nonce],
  ] as const;
  return (
    <>
      <h2 tabIndex={-1} ref={title}>
        {text.t(K.erased)}
      </h2>
      {found.value?.status === "waiting" && <p role="status">{text.t(K.erased_waits)}</p>}
      <p>{text.t(K.erased_text)}</p>
      <dl>
        {lines.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{text.t(name)}</dt>
                <dd>
                  <code dir="ltr">{value}</code>
                </dd>
              </div>
            ),
        )}
      </dl>
      {certificate && (
        <button
          type="button"
          class="wide"
          onClick={() => keep(new Blob([JSON.stringify(certificate)]), `erasure-${number}.json`)}
        >
          {text.t(K.erased_keep)}
        </button>
      )}
      <p>
        <a class="link" href={`/verify?language=${text.language}`} target="_blank" rel="noopener">
          {text.t(K.erased_later)}
        </a>
      </p>
      {certificate && said.value && (
        <section>
          <h3>{said.value.headings.title}</h3>
          <CertificateText certificate={certificate} said={said.value} />
        </section>
      )}
    </>
  );
}
