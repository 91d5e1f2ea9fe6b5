/** Putting a person on hold for a dispute, and renewing that: both need a day to look at it again. */
import { t } from "../i18n/words";
import { Dialog, DialogEnd } from "../parts/dialog";
import { TextField } from "../parts/field";
import { useForm } from "../parts/form";
import { toast } from "../parts/toast";
import { AlsoThem } from "../person/together";
import { client } from "../store/client";
import { hideByHand } from "../store/forget";
import { proposed, reviewAt } from "./review-day";

export interface Person {
  visitorId: string;
  chatId: string;
  name: string;
}

interface Props {
  person: Person;
  /** The hold to renew; without it a new one is made. */
  holdId?: string;
  onClose: () => void;
  onDone?: () => void;
}

export function HoldDialog({ person, holdId, onClose, onDone }: Props) {
  const { name } = person;
  const renewing = holdId !== undefined;
  const { values, set, wrong, failure, busy, submit, form } = useForm({
    start: { matter: "", review_at: proposed() },
    check: ({ matter, review_at }) => ({
      matter: renewing || matter.trim() ? undefined : t("restriction.matter_missing"),
      review_at: reviewAt(review_at) ? undefined : t("restriction.review_wrong"),
    }),
    send: async ({ matter, review_at }) => {
      const body = { review_at: reviewAt(review_at) };
      if (renewing) await client.patch(`/v1/holds/${holdId}`, body);
      else {
        const { visitorId, chatId } = person;
        await hideByHand({ visitor_id: visitorId, chat_id: chatId }, () =>
          client.post(`/v1/visitors/${visitorId}/holds`, { ...body, matter: matter.trim() }),
        );
        toast(t("restriction.held", { name }));
      }
      onClose();
      onDone?.();
    },
  });
  const title = t(renewing ? "restriction.renew_title" : "restriction.hold_title", { name });
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
        {!renewing && <p>{t("restriction.hold_text")}</p>}
        {!renewing && <AlsoThem visitorId={person.visitorId} />}
        {!renewing && (
          <TextField
            label={t("restriction.matter")}
            name="matter"
            autocomplete="off"
            maxLength={2000}
            value={values.matter}
            error={wrong.matter}
            onInput={(text) => set("matter", text)}
          />
        )}
        <TextField
          label={t("restriction.review")}
          name="review_at"
          type="date"
          hint={t("restriction.review_hint")}
          value={values.review_at}
          error={wrong.review_at}
          onInput={(text) => set("review_at", text)}
        />
        <DialogEnd failure={failure} busy={busy} onClose={onClose}>
          {t(renewing ? "restriction.renew_do" : "restriction.hold_do")}
        </DialogEnd>
      </form>
    </Dialog>
  );
}
