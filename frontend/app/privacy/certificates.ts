/** Handing certificates of erasure over as a file. */
import { keepFile } from "./files";
import type { Erasure } from "./shapes";

/** One certificate is a file by itself; both stages, or those of several people, come as a list. */
export function keepCertificates(all: readonly Erasure[]): void {
  const certificates = all
    .flatMap(({ certificate, final_certificate: final }) => [certificate, final])
    .filter((one) => one !== null && one !== undefined);
  const content = certificates.length === 1 ? certificates[0] : certificates;
  const name = all.length === 1 ? `erasure-${all[0]?.id}.json` : `erasures-${all.length}.json`;
  keepFile(name, "application/json", `${JSON.stringify(content, null, 2)}\n`);
}
