/**
 * What a certificate of erasure says, in the reader's language. It is signed in English, so each
 * of its sentences is shown as the server translates it, or as it was signed where it cannot.
 */
import type { Client } from "./api";

interface Kept {
  store: string;
  count: number;
  what: string;
  ground: string;
  /** A day, or `revoked`. */
  until: string;
}

export interface Certificate {
  stage: "live" | "final";
  claim: string;
  not_covered: string;
  retained?: readonly Kept[];
}

export interface CertificateTexts {
  language: string;
  headings: Readonly<Record<string, string>>;
  /** By the sentence as it was signed. */
  texts: Readonly<Record<string, string>>;
}

export const fetchTexts = (client: Pick<Client, "get">, language: string) =>
  client.get<CertificateTexts>("/v1/legal/certificate-texts", { query: { language } });

interface Props {
  certificate: Certificate;
  said: CertificateTexts;
}

export function CertificateText({ certificate, said }: Props) {
  const { headings, language } = said;
  const { claim, not_covered: notCovered, retained = [] } = certificate;
  const kept = retained.flatMap(({ what, ground }) => [what, ground]);
  const signed = [...new Set([claim, notCovered, ...kept])];
  return (
    <div class="certificate">
      <dl>
        {Object.entries({ claim, not_covered: notCovered }).map(([heading, sentence]) => (
          <div key={heading}>
            <dt>{headings[heading]}</dt>
            <dd>
              <Sentence signed={sentence} said={said} />
            </dd>
          </div>
        ))}
        {retained.length > 0 && (
          <div>
            <dt>{headings.kept}</dt>
            {retained.map((each) => (
              <dd key={each.store}>
                <Sentence signed={each.what} said={said} />
                <small>
                  <Sentence signed={each.ground} said={said} />
                </small>
                <small>{headings.count?.replace("{count}", String(each.count))}</small>
                <small>{untilOf(each, said)}</small>
              </dd>
            ))}
          </div>
        )}
      </dl>
      {language !== "en" && (
        <>
          <p>{headings.signed}</p>
          <details>
            <summary>{headings.signed_words}</summary>
            <div lang="en" dir="ltr">
              {signed.map((text) => (
                <p key={text}>{text}</p>
              ))}
            </div>
          </details>
        </>
      )}
    </div>
  );
}

function Sentence({ signed, said: { texts } }: { signed: string; said: CertificateTexts }) {
  const text = Object.hasOwn(texts, signed) ? texts[signed] : undefined;
  if (text) return <p>{text}</p>;
  return (
    <p lang="en" dir="ltr">
      {signed}
    </p>
  );
}

function untilOf({ until }: Kept, { headings, language }: CertificateTexts): string | undefined {
  if (until === "revoked") return headings.until_revoked;
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return headings.until?.replace("{date}", day.format(new Date(until)));
}
