"""Bytes that a visitor's browser downloads: the loader on every page, the panel on the click."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.figures import Bench, Figure, Outcome
from chathaven.entry.pages import STATIC

GOAL_LOADER_KB = 3.0
GOAL_ALL_KB = 30.0
_NAME = re.compile(r"[\w./-]*?([\w-]+\.(?:js|css))")
_CATALOGUE = re.compile(r"frame-([a-z]{2}(?:-[A-Z]{2})?)-")
ENCODINGS = {"raw": "", "brotli": ".br", "gzip": ".gz"}


def measure(_: Bench) -> Outcome:
    """Weighs the build's output."""
    panel, catalogues = _panel()
    if not catalogues:
        raise RuntimeError("no catalogues of texts were found beside the panel")
    # A visitor reads one language; the largest counts.
    largest = max(catalogues, key=lambda path: path.with_name(path.name + ".br").stat().st_size)
    loader = STATIC / "widget.js"
    figures: list[Figure] = []
    rows: dict[str, list[float]] = {}
    for encoding, ending in ENCODINGS.items():
        light = _weight([loader], ending)
        whole = light + _weight([*panel, largest], ending)
        rows[encoding] = [light, whole]
        goals = (GOAL_LOADER_KB, GOAL_ALL_KB) if encoding == "brotli" else (None, None)
        raw: list[float] | tuple[None, None] = rows["raw"] if ending else (None, None)
        beside = "raw" if ending else ""
        figures += [
            Figure(f"loader, {encoding}", light, "KB", beside, raw[0], goal=goals[0]),
            Figure(
                f"all that a visitor downloads, {encoding}",
                whole,
                "KB",
                beside,
                raw[1],
                goal=goals[1],
            ),
        ]
    names = [path.name for path in (loader, *panel, largest)]
    return Outcome("Downloads", figures, [f"counted: {', '.join(names)}"], rows)


def _panel() -> tuple[list[Path], list[Path]]:
    """Returns the frame with all that it loads, and apart from it the catalogues of texts."""
    found = [STATIC / "frame.html"]
    catalogues: list[Path] = []
    for path in found:
        for name in _NAME.findall(path.read_text()):
            asset = STATIC / "assets" / name
            if asset.exists() and asset not in found and asset not in catalogues:
                (catalogues if _CATALOGUE.match(name) else found).append(asset)
    return found, catalogues


def _weight(paths: list[Path], ending: str) -> float:
    return sum(path.with_name(path.name + ending).stat().st_size for path in paths) / 1024
