/** The two ways to take a person out of everybody's sight, on their card. */
import { useState } from "preact/hooks";
import { t } from "../i18n/words";
import { HoldDialog, type Person } from "./hold-dialog";
import { RestrictDialog } from "./restrict-dialog";

export function RestrictionActs(person: Person) {
  const [open, setOpen] = useState<"restrict" | "hold" | null>(null);
  const close = (): void => setOpen(null);
  return (
    <div class="person-acts">
      <button type="button" class="button button-small" onClick={() => setOpen("restrict")}>
        {t("restriction.open")}
      </button>
      <button type="button" class="button button-small" onClick={() => setOpen("hold")}>
        {t("restriction.hold_open")}
      </button>
      {open === "restrict" && <RestrictDialog person={person} onClose={close} />}
      {open === "hold" && <HoldDialog person={person} onClose={close} />}
    </div>
  );
}
