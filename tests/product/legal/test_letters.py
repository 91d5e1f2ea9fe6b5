"""Letters in every language of the widget: each whole, each with all that it has to say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chathaven.base.languages import LANGUAGES

PRODUCT = Path(__file__).parents[3] / "src" / "chathaven" / "product"
CATALOGUES = [
    PRODUCT / "operators" / "invitation.json",
    PRODUCT / "legal" / "letters.json",
    PRODUCT / "legal" / "embeds.json",
    PRODUCT / "consents" / "gpc.json",
]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_each_language_says_all_of_it_and_none_says_it_in_english(path: Path) -> None:
    catalogue = json.loads(path.read_text(encoding="utf-8"))
    said = {
        language: texts if isinstance(texts, dict) else {"text": texts}
        for language, texts in catalogue.items()
    }
    assert set(said) == set(LANGUAGES)
    for language, texts in said.items():
        assert texts.keys() == said["en"].keys()
        for key, text in texts.items():
            english = said["en"][key]
            assert text.strip()
            assert language == "en" or text != english, (language, key)
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english)), key
