"""Sets a document in type, in a process of its own: JSON comes in, a PDF goes out.

The typesetter holds some 60 MB that a server need not carry for a few agreements a year, and
what it does cannot hold up the requests of others.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

import typst

STANDARD: Literal["a-2a"] = "a-2a"
TEMPLATE = Path(__file__).with_name("agreement.typ")


def typeset(document: dict[str, Any], seconds: int, template: Path = TEMPLATE) -> bytes:
    """Returns the PDF/A of a document made at a time (Unix seconds). Uses bundled fonts only.

    A letter that these fonts do not have is written by its number, for a PDF/A shows no blanks.
    """
    try:
        return _compile(document, seconds, template)
    except typst.TypstError:
        return _compile(_spelled(document), seconds, template)


def _compile(document: dict[str, Any], seconds: int, template: Path) -> bytes:
    made = typst.compile(
        template.read_bytes(),
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"document": json.dumps(document)},
        pdf_standards=STANDARD,
        timestamp=seconds,
    )
    assert isinstance(made, bytes)
    return made


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spelled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if isinstance(value, str):
        return "".join(char if _is_in_fonts(char) else f"[U+{ord(char):04X}]" for char in value)
    return value


def _is_in_fonts(char: str) -> bool:
    """Latin, Greek and Cyrillic letters, and the marks of their texts."""
    code = ord(char)
    return code < 0x250 or 0x370 <= code < 0x500 or 0x1E00 <= code < 0x1F00 or char in "–—‘’“”„…•€"


def main() -> None:
    """Reads `{document, seconds, template}` and writes the PDF."""
    given = json.load(sys.stdin.buffer)
    template = Path(given["template"])
    sys.stdout.buffer.write(typeset(given["document"], given["seconds"], template))


if __name__ == "__main__":
    main()
