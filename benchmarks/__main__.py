"""`python -m benchmarks [--only NAME] [--quick]`: measures, prints, writes table and plot."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import (
    account_export,
    at_rest,
    delivery,
    downloads,
    erasure,
    idle_streams,
    plot,
    shred_tick,
    throughput,
)
from benchmarks.figures import Bench, Outcome
from benchmarks.machine import facts
from benchmarks.report import as_markdown, as_text

RESULTS = Path(__file__).parent / "results"
ALL: dict[str, Callable[[Bench], Outcome]] = {
    "downloads": downloads.measure,
    "rest": at_rest.measure,
    "delivery": delivery.measure,
    "throughput": throughput.measure,
    "idle": idle_streams.measure,
    "export": account_export.measure,
    "erasure": erasure.measure,
    "tick": shred_tick.measure,
}


def main() -> int:
    """Runs the benchmarks; says at the end which goals are missed."""
    options = _options()
    machine = facts()
    for name, value in machine:
        print(f"{name}: {value}")
    outcomes, how = [], []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
        for name in options.only or ALL:
            began = time.perf_counter()
            print(f"\n{name} …", flush=True)
            outcome = ALL[name](Bench(Path(folder), options.quick))
            how.append(f"{outcome.title} took {time.perf_counter() - began:.0f} s")
            outcomes.append(outcome)
            print(as_text([outcome]), *(f"  {note}" for note in outcome.notes), sep="\n")
    whole = not options.only and not options.quick
    name = "latest" if whole else "partial"
    how.append("All of it, at full length" if whole else "A part of it, or shortened")
    _write(name, outcomes, machine, how)
    missed = [each.name for outcome in outcomes for each in outcome.figures if each.holds is False]
    print(f"\nWritten to {RESULTS}/{name}.md, .json and .png")
    for each in missed:
        print(f"Missed: {each}")
    return 0


def _write(
    name: str, outcomes: list[Outcome], machine: list[tuple[str, str]], how: list[str]
) -> None:
    RESULTS.mkdir(exist_ok=True)
    plot.draw(outcomes, RESULTS / f"{name}.png")
    text = as_markdown(outcomes, machine, how, f"{name}.png")
    (RESULTS / f"{name}.md").write_text(text)
    # The raw samples are many; their order of magnitude is in the table.
    kept = [asdict(outcome) | {"samples": {}} for outcome in outcomes]
    content = {"machine": dict(machine), "outcomes": kept}
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(ALL), metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="shorter, once, and less sure")
    parser.add_argument(
        "--folder",
        type=Path,
        # Not /tmp, which may be memory.
        default=Path("/var/tmp"),
        help="where to put the databases: the disk that is measured (%(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
