"""What the widget's looks are made of: contrast, languages, the snippet."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.product.sites.contrast import READABLE, accent, contrast, text_colour
from chathaven.product.sites.languages import LANGUAGES, choose, direction
from chathaven.product.sites.snippet import snippet

LOOK = {"color": "#2f6feb", "position": {"side": "left", "x": 1, "y": 2}, "team_name": None}
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_every_colour_is_readable(colour: str) -> None:
    assert contrast(accent(colour), text_colour(colour)) >= READABLE
    assert accent(accent(colour)) == accent(colour)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#2f6feb", "#2f6feb", 1)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_light_colours_stay_and_others_darken() -> None:
    assert (accent("#ffe066"), text_colour("#ffe066")) == ("#ffe066", "#12151b")
    assert (accent("#003366"), text_colour("#003366")) == ("#003366", "#ffffff")
    darkened = accent("#3c82f6")
    assert darkened != "#3c82f6"
    assert text_colour("#3c82f6") == "#ffffff"


@pytest.mark.parametrize(
    ("requested", "accepted", "spoken"),
    [
        ("de-AT", "fr", "de"),
        ("DE_at", None, "de"),
        ("tlh", "fr-CH, en;q=0.8", "fr"),
        (None, "en;q=0.5, pl;q=0.9", "pl"),
        (None, "tlh, *;q=0.1", "en"),
        (None, "de;q=0, it;q=0.1", "it"),
        (None, "de;q=x, nl", "nl"),
        ("", "", "en"),
        (None, None, "en"),
        (None, "x" * 100_000 + ",de", "en"),
    ],
)
def test_speaks_what_is_understood(
    requested: str | None, accepted: str | None, spoken: str
) -> None:
    assert choose(requested, accepted) == spoken


def test_arabic_is_written_from_the_right() -> None:
    assert {language: direction(language) for language in LANGUAGES} == {
        **dict.fromkeys(LANGUAGES, "ltr"),
        "ar": "rtl",
    }


def test_the_snippet_names_the_site_and_the_loader() -> None:
    code = snippet("0123456789abcdef01234567", LOOK, "https://chat.example.com")
    found = re.search(r"window\.chathavenConfig = (.*)</script>", code)
    assert found is not None
    assert json.loads(found.group(1)) == {
        "site": "0123456789abcdef01234567",
        "appearance": {"color": "#2f6feb", "position": {"side": "left", "x": 1, "y": 2}},
    }
    assert code.endswith('<script async src="https://chat.example.com/widget.js"></script>')
    assert 'src="/widget.js"' in snippet("0123456789abcdef01234567", LOOK, "")


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


@given(st.text() | st.sampled_from(["</script><b>", "<!--<script>", "\u2028", '"><b>']))
def test_no_value_gets_out_of_the_snippet(value: str) -> None:
    look = LOOK | {"color": value}
    code = snippet(value, look, "https://chat.example.com")
    parser = _Elements()
    parser.feed(code)
    assert parser.seen == ["script", "script"]
    found = re.search(r"window\.chathavenConfig = (.*)</script>\n", code)
    assert found is not None
    assert json.loads(found.group(1))["site"] == value
