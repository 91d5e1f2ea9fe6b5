"""The lines that a company copies into its pages."""

from __future__ import annotations

import html
import json
from typing import Any


def snippet(key: str, appearance: dict[str, Any], public_url: str) -> str:
    """Returns the two script elements for a page.

    Colour and position go with them, so that the launcher looks right before anything was
    asked of the server. With an empty `public_url` the loader is one of the page's own origin.
    """
    # Named one by one: the database keeps no order of names, and a snippet reads the same always.
    position = {name: appearance["position"][name] for name in ("side", "x", "y")}
    shown = {"color": appearance["color"], "position": position}
    config = _for_script({"site": key, "appearance": shown})
    loader = html.escape(f"{public_url}/widget.js")
    return (
        f"<script>window.chathavenConfig = {config}</script>\n"
        f'<script async src="{loader}"></script>'
    )


def _for_script(value: object) -> str:
    """JSON that cannot end the script element it stands in, whatever the values are."""
    text = json.dumps(value, ensure_ascii=True)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
