/** What is held about the visitor, and all that they may do about it. */
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "../view/signals";
import { Asking } from "./asking";
import { Choices } from "./choices";
import { Erased } from "./erased";
import { Held } from "./held";
import { Icon } from "./icons";
import { Leaving } from "./leaving";
import type { Panel } from "./panel";
import { Restricted } from "./restricted";
import { K } from "./texts/keys";

export function Privacy({ panel }: { panel: Panel }) {
  const { text, session, erasure } = panel;
  const back = useRef<HTMLButtonElement>(null);
  const stale = useSignal(false);
  const token = session.token.value;
  useEffect(() => back.current?.focus(), []);
  useEffect(() => {
    stale.value = false;
    session.own.refresh().catch(() => {
      stale.value = true;
    });
  }, [token]);
  const something = token !== null || session.sending.pending.value.length > 0;
  return (
    <section class="privacy" aria-label={text.t(K.privacy)}>
      <button type="button" class="quiet" ref={back} onClick={() => panel.leavePrivacy()}>
        <Icon name="back" />
        {text.t(K.back)}
      </button>
      {stale.value && token && <p role="status">{text.t(K.known)}</p>}
      {erasure.value ? (
        <Erased panel={panel} />
      ) : (
        <>
          <Restricted panel={panel} />
          <h2>{text.t(K.stored)}</h2>
          {something ? <Held panel={panel} /> : <p>{text.t(K.stored_nothing)}</p>}
          <Choices panel={panel} />
          <Asking panel={panel} key={token} />
          {something && <Leaving panel={panel} />}
        </>
      )}
    </section>
  );
}
