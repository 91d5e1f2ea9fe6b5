/** What happened with a breach, step by step. */
import { useEffect, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { Ago } from "../parts/time";
import { client } from "../store/client";
import { actionWords, actorName } from "./pieces";
import type { Breach, BreachNote } from "./shapes";

export function History({ breach }: { breach: Breach }) {
  const [notes, setNotes] = useState<readonly BreachNote[]>([]);
  useEffect(() => {
    client
      .get<List<BreachNote>>(`/v1/breaches/${breach.id}/notes`, { query: { limit: 200 } })
      .then((list) => setNotes(list.items))
      .catch(() => setNotes([]));
  }, [breach]);
  return (
    <ol class="lines records-log">
      {notes.map((one) => (
        <li key={one.number}>
          <span class="line-main">
            <span>
              <b dir="auto">
                {actorName(one.operator_id ? "operator" : "system", one.operator_id)}
              </b>{" "}
              {actionWords(`breach-${one.kind}`)}
            </span>
          </span>
          <span class="line-note">
            <Ago at={one.created_at} />
          </span>
        </li>
      ))}
    </ol>
  );
}
