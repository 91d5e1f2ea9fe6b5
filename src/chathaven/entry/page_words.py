"""The words of the legal pages, one catalogue a language: `words/LANGUAGE.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chathaven.base.languages import LANGUAGES

FOLDER = Path(__file__).with_name("words")
WORDS: dict[str, dict[str, Any]] = {
    language: json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
