"""Of a browser's self-description only the family stays."""

from __future__ import annotations

import pytest

from chathaven.base.user_agent import family

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
GALAXY = f"Mozilla/5.0 (Linux; Android 14; SM-S901B) {WEBKIT}"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
            ("Firefox 140", "Windows"),
        ),
        (f"{WINDOWS} Chrome/141.0.7390.54 Safari/537.36", ("Chrome 141", "Windows")),
        (f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.3537", ("Edge 141", "Windows")),
        (f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36 OPR/120.0", ("Opera 120", "Windows")),
        (
            f"{MAC} Version/17.5 Safari/605.1.15",
            ("Safari 17", "macOS"),
        ),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", ("Safari 17", "iOS")),
        (f"{IPHONE} CriOS/141.0 Mobile/15E148 Safari/604.1", ("Chrome 141", "iOS")),
        (f"{IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15", ("Firefox 140", "iOS")),
        (
            f"{GALAXY} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            ("Samsung Internet 25", "Android"),
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64) {WEBKIT} Chrome/141.0 Safari/1",
            ("Chrome 141", "ChromeOS"),
        ),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/141.0", ("Chrome 141", "Linux")),
        ("curl/8.5.0", (None, None)),
        ("ada@example.com", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
        ("x" * 1_000 + " Firefox/140.0 Windows", (None, None)),
    ],
)
def test_family_and_major_version_alone(
    text: str | None, shown: tuple[str | None, str | None]
) -> None:
    assert family(text) == shown
