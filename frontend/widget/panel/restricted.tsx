/** What stands against the use of the visitor's data, said plainly, with the way back where it is theirs. */

import { useSignal } from "../view/signals";
import type { Panel } from "./panel";
import { K } from "./texts/keys";

export function Restricted({ panel: { session, text } }: { panel: Panel }) {
  const failed = useSignal(false);
  const stands = session.own.me.value?.restriction;
  if (!stands) return null;
  const lift = async () => {
    failed.value = false;
    await session.own.lift().catch(() => {
      failed.value = true;
    });
  };
  return (
    <aside class="notice" aria-label={text.t(K.privacy)}>
      <p>{text.t(stands.held ? K.restricted_held : K.restricted)}</p>
      {stands.yours && (
        <div class="choices">
          <button type="button" onClick={() => void lift()}>
            {text.t(K.restricted_lift)}
          </button>
        </div>
      )}
      <p role="alert">{failed.value && text.t(K.try_failed)}</p>
    </aside>
  );
}
