/** What the certificates of an erasure say, stage by stage, in the language of the app. */
import { useEffect, useState } from "preact/hooks";
import {
  type Certificate,
  CertificateText,
  type CertificateTexts,
  fetchTexts,
} from "../../shared/certificate";
import { language } from "../i18n/words";
import { client } from "../store/client";

interface Certified {
  certificate: Certificate | null;
  final_certificate: Certificate | null;
}

/** The texts, asked for when there is a certificate; without them it can still be downloaded. */
export function useTexts(wanted: boolean): CertificateTexts | null {
  const [said, setSaid] = useState<CertificateTexts | null>(null);
  const spoken = language.value;
  useEffect(() => {
    let stopped = false;
    if (wanted) {
      fetchTexts(client, spoken)
        .then((found) => !stopped && setSaid(found))
        .catch(() => undefined);
    }
    return () => {
      stopped = true;
    };
  }, [wanted, spoken]);
  return said;
}

export function Told({ erasure, said }: { erasure: Certified; said: CertificateTexts | null }) {
  const stages = [erasure.certificate, erasure.final_certificate].filter((one) => one !== null);
  if (!said || stages.length === 0) return null;
  return (
    <details class="more">
      <summary>{said.headings.title}</summary>
      {stages.map((certificate) => (
        <div key={certificate.stage}>
          <b>{said.headings[certificate.stage]}</b>
          <CertificateText certificate={certificate} said={said} />
        </div>
      ))}
    </details>
  );
}
