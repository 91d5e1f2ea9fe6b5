/** What goes, that it cannot come back, the deliberate act, and what has gone. */
import { useEffect, useRef, useState } from "preact/hooks";
import { nameOf } from "../conversation/naming";
import { number, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { Dialog } from "../parts/dialog";
import { plainDigits } from "../parts/digits";
import { TextField } from "../parts/field";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { AlsoThem } from "../person/together";
import { chats } from "../store/state";
import { keepCertificates } from "./certificates";
import { type Asked, asked, countAll, each, erase, follow, type Subject } from "./erasing";
import { type Erasure, isDone, type WhatGoes } from "./shapes";
import { Counted, Gone, Stays } from "./stores";

export function EraseDialog() {
  const open = asked.value;
  if (!open) return null;
  const key = open.subjects.map(({ visitorId }) => visitorId).join();
  return <Erasing key={key} open={open} />;
}

export const stopErasing = (): void => {
  asked.value = null;
};

/** Those who are under a hold are not erased yet, and that is what is said then. */
const titleOf = (all: readonly Erasure[]): string => {
  const count = all.filter(isDone).length;
  return count > 0 ? t("erase.done", { count }) : t("erase.waits_title");
};

/** The name as everything else on the screen has it, which somebody may change meanwhile. */
function useName(subject: Subject | undefined): string {
  const name = useRef(subject?.name ?? "");
  const visitor = subject?.chatId ? chats.get(subject.chatId)?.visitor : undefined;
  if (visitor) name.current = nameOf(visitor);
  return name.current;
}

type Step = { at: "asking" } | { at: "erasing"; done: number } | { at: "done"; all: Erasure[] };

function Erasing({ open }: { open: Asked }) {
  const { subjects, onDone } = open;
  const [step, setStep] = useState<Step>({ at: "asking" });
  const [failure, setFailure] = useState<string | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const go = async (neverAgain: boolean): Promise<void> => {
    setFailure(null);
    setStep({ at: "erasing", done: 0 });
    let done = 0;
    try {
      const followed = await each(subjects, async (subject) => {
        const erasure = await follow(await erase(subject, neverAgain), stop.current.signal);
        done += 1;
        setStep({ at: "erasing", done });
        return erasure;
      });
      onDone?.();
      if (stop.current.signal.aborted) return;
      const all = followed.filter((one) => one !== null);
      setStep({ at: "done", all });
      announce(titleOf(all));
    } catch (cause) {
      onDone?.();
      setFailure(explain(cause));
      setStep({ at: "asking" });
    }
  };

  const count = subjects.length;
  const name = useName(subjects[0]);
  const title =
    step.at === "done"
      ? titleOf(step.all)
      : count === 1
        ? t("erase.title", { name })
        : t("erase.title_many", { count });
  return (
    <Dialog title={title} onClose={stopErasing}>
      {step.at === "asking" && (
        <Asking open={open} failure={failure} onErase={(neverAgain) => void go(neverAgain)} />
      )}
      {step.at === "erasing" && (
        <div class="erasing" role="status">
          <progress max={count} {...(count > 1 ? { value: step.done } : {})} />
          <p>{t("erase.busy")}</p>
        </div>
      )}
      {step.at === "done" && <Done all={step.all} />}
    </Dialog>
  );
}

interface AskingProps {
  open: Asked;
  failure: string | null;
  onErase: (neverAgain: boolean) => void;
}

function Asking({ open: { subjects }, failure, onErase }: AskingProps) {
  const [found, setFound] = useState<WhatGoes | null>(null);
  const [neverAgain, setNeverAgain] = useState(false);
  const [uncounted, setUncounted] = useState<unknown>(null);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  useEffect(() => {
    countAll(subjects).then(setFound).catch(setUncounted);
  }, [subjects]);
  const many = subjects.length > 1;
  const word = String(subjects.length);
  const shown = number(subjects.length);
  const act = (event: Event): void => {
    event.preventDefault();
    if (found === null) return;
    if (many && plainDigits(typed).trim() !== word)
      setWrong(t("erase.wrong_word", { word: shown }));
    else onErase(neverAgain);
  };
  return (
    <form onSubmit={act} noValidate>
      <p>{t("erase.what")}</p>
      {!many && subjects[0] && <AlsoThem visitorId={subjects[0].visitorId} />}
      {found ? (
        <Counted stores={found.stores} />
      ) : uncounted ? (
        <p class="notice notice-danger">{explain(uncounted)}</p>
      ) : (
        <p class="bones" role="status">
          {t("erase.counting")}
        </p>
      )}
      <p>{t("erase.forever")}</p>
      {found && <Stays stays={found.stays} />}
      {found?.has_address && (
        <label class="records-check">
          <input
            type="checkbox"
            checked={neverAgain}
            onChange={(event) => setNeverAgain(event.currentTarget.checked)}
          />
          <span>{t("erase.never_again")}</span>
        </label>
      )}
      {many && (
        <TextField
          label={t("erase.type_count", { word: shown })}
          name="word"
          autocomplete="off"
          value={typed}
          error={wrong}
          onInput={(text) => {
            setTyped(text);
            setWrong(undefined);
          }}
        />
      )}
      {failure && (
        <p class="notice notice-danger" role="alert">
          {failure}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={stopErasing}>
          {t("dialog.cancel")}
        </button>
        <button type="submit" class="button button-danger" aria-disabled={found === null}>
          {many ? t("erase.do_many", { count: subjects.length }) : t("erase.do")}
        </button>
      </div>
    </form>
  );
}

function Done({ all }: { all: readonly Erasure[] }) {
  const certificates = all.map(({ certificate }) => certificate).filter((one) => one !== null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <>
      {all.some(isDone) && (
        <Gone receipts={all.filter(isDone).flatMap(({ receipts }) => receipts)} />
      )}
      {!all.every(isDone) && <p class="notice">{t("erase.waits")}</p>}
      <div class="dialog-actions">
        {certificates.length > 0 && (
          <button type="button" class="button" onClick={() => keepCertificates(all)}>
            <Icon name="download" size={18} />
            {t("erase.certificate", { count: certificates.length })}
          </button>
        )}
        <button type="button" class="button button-main" ref={button} onClick={stopErasing}>
          {t("dialog.close")}
        </button>
      </div>
    </>
  );
}
