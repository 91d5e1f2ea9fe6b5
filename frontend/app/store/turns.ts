/** Requests about one thing go one after another, so that their answers come in the order of asking. */

const last = new Map<string, Promise<unknown>>();

/** Begin when everything of the same name that was asked for before has ended, well or not. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = (last.get(name) ?? Promise.resolve()).then(work, work);
  const ended = started.then(
    () => undefined,
    () => undefined,
  );
  last.set(name, ended);
  void ended.then(() => {
    if (last.get(name) === ended) last.delete(name);
  });
  return started;
}
