/** Retention: what is kept for how long, what would go now, running it, and the signed reports. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { List } from "../../shared/types";
import { language, number, t } from "../i18n/words";
import { announce } from "../parts/announce";
import { ask } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { explain } from "../parts/problem";
import { toast } from "../parts/toast";
import { full } from "../parts/when";
import { settingsHeard } from "../settings/account-settings";
import { Part } from "../settings/page";
import { client } from "../store/client";
import { Others, Periods } from "./periods";
import type { Preview, Run } from "./shapes";

const PAUSE = 1000;
const SHOWN = 10;

export function Retention() {
  const [preview, setPreview] = useState<Preview | null>(null);
  const [runs, setRuns] = useState<readonly Run[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [asked, setAsked] = useState<string | null>(null);
  // Answers may come in another order than they were asked for; an older one shows nothing.
  const order = useRef({ asked: 0, shown: 0 });
  const load = useCallback(() => {
    order.current.asked += 1;
    const turn = order.current.asked;
    Promise.all([
      client.get<Preview>("/v1/retention/preview"),
      client.get<List<Run>>("/v1/retention/runs", { query: { limit: SHOWN } }),
    ])
      .then(([due, { items }]) => {
        if (turn < order.current.shown) return;
        order.current.shown = turn;
        setPreview(due);
        setRuns(items);
        setFailure(null);
      })
      .catch(setFailure);
  }, []);
  const heard = settingsHeard.value;
  useEffect(load, [load, heard]);
  const working = runs?.some(({ status }) => status !== "done") ?? false;
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(load, PAUSE);
    return () => clearInterval(timer);
  }, [working, load]);
  const start = async (dry_run: boolean): Promise<void> => {
    if (working || !preview) return;
    if (!dry_run && !(await ask(question(preview)))) return;
    try {
      setAsked((await client.post<Run>("/v1/retention/runs", { dry_run })).id);
    } catch (cause) {
      toast(explain(cause), { failed: true });
    }
    load();
  };
  return (
    <Part title={t("retention.title")} text={t("retention.text")}>
      {failure !== null && <p class="notice notice-danger">{explain(failure)}</p>}
      {!preview && failure === null && <p class="bones">{t("loading")}</p>}
      {preview && <Periods classes={preview.classes} />}
      {preview && <Others elsewhere={preview.elsewhere} />}
      <div class="person-acts">
        <button
          type="button"
          class="button"
          aria-disabled={working || !preview}
          onClick={() => void start(true)}
        >
          {t("retention.dry")}
        </button>
        <button
          type="button"
          class="button button-quiet-danger"
          aria-disabled={working || !preview}
          onClick={() => void start(false)}
        >
          {t("retention.run")}
        </button>
      </div>
      <Outcome run={runs?.find(({ id }) => id === asked)} />
      <h3>{t("retention.reports")}</h3>
      {runs?.length === 0 && <p class="notice">{t("retention.none")}</p>}
      {runs && runs.length > 0 && (
        <ul class="lines">
          {runs.map((run) => (
            <Line key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Part>
  );
}

/** What came of the run that was asked for here: beside the button, in sight, and said aloud. */
function Outcome({ run }: { run: Run | undefined }) {
  const place = useRef<HTMLParagraphElement>(null);
  const text = run && (run.status === "done" ? outcome(run) : t("retention.working"));
  useEffect(() => {
    if (!text) return;
    place.current?.scrollIntoView({ block: "nearest" });
    announce(text);
  }, [text]);
  if (!text) return null;
  return (
    <p class="notice retention-outcome" ref={place}>
      {text}
    </p>
  );
}

const outcome = ({ dry_run, done, total }: Run): string =>
  t(dry_run ? "retention.was_dry" : "retention.was_run", { count: number(dry_run ? total : done) });

function question({ classes }: Preview) {
  const sum = (name: "people" | "rows"): number =>
    classes.reduce((before, one) => before + one[name], 0);
  return {
    title: t("retention.run_title"),
    text: t("retention.run_text", {
      people: t("retention.people", { count: sum("people") }),
      rows: t("retention.rows", { count: sum("rows") }),
    }),
    action: t("retention.run_do"),
  };
}

function Line({ run }: { run: Run }) {
  const { id, status, asked_by, asked_at, done, total, has_report } = run;
  const name = full(asked_at, language.value);
  return (
    <li>
      <span class="line-main">
        <b>{name}</b>
        {status === "done" ? (
          <small>
            {outcome(run)} ·{" "}
            {t(asked_by === "system" ? "retention.by_system" : "retention.by_operator")}
          </small>
        ) : (
          <>
            <progress
              aria-label={name}
              max={Math.max(total, 1)}
              {...(total > 0 ? { value: Math.min(done, total) } : {})}
            />
            <small>{t("retention.progress", { done: number(done), total: number(total) })}</small>
          </>
        )}
      </span>
      {has_report && (
        <a class="button button-small" href={`/v1/retention/runs/${id}/report`} download>
          <Icon name="download" size={16} />
          {t("retention.report")}
          <span class="spoken"> {name}</span>
        </a>
      )}
    </li>
  );
}
