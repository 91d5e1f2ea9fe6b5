"""Markdown as HTML for pages, and as plain blocks for paper. HTML inside it is never let through."""

from __future__ import annotations

from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
Block = dict[str, Any]
Span = dict[str, str]


def to_html(text: str, table_name: str) -> str:
    """Returns HTML. Links go to web and mail addresses only; what looks like HTML is shown.

    Tables scroll by themselves on narrow screens; `table_name` says what they are.
    """
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table_name)}">'
    made = str(_READER.render(text))
    return made.replace("<table>", f"{region}<table>").replace("</table>", "</table></div>")


def to_blocks(text: str) -> list[Block]:
    """Returns blocks: headings, paragraphs, lists and tables, with spans of text in them."""
    return _blocks(SyntaxTreeNode(_READER.parse(text)))


def _blocks(parent: SyntaxTreeNode) -> list[Block]:
    found: list[Block] = []
    for node in parent.children:
        if node.type == "heading":
            found.append({"kind": "heading", "level": int(node.tag[1]), "spans": _inline(node)})
        elif node.type == "paragraph":
            found.append({"kind": "paragraph", "spans": _inline(node)})
        elif node.type in {"bullet_list", "ordered_list"}:
            items = [_blocks(item) for item in node.children]
            found.append({"kind": node.type.partition("_")[0], "items": items})
        elif node.type == "table":
            rows = [row for part in node.children for row in part.children]
            cells = [[_inline(cell) for cell in row.children] for row in rows]
            found.append({"kind": "table", "rows": cells})
        elif node.type == "hr":
            found.append({"kind": "rule"})
        elif node.type in {"blockquote", "list_item"}:
            found += _blocks(node)
        else:
            found.append({"kind": "paragraph", "spans": [_span(node.content)]})
    return found


def _inline(node: SyntaxTreeNode) -> list[Span]:
    spans: list[Span] = []
    for child in node.children:
        _walk(child, "", spans)
    return spans


def _walk(node: SyntaxTreeNode, style: str, spans: list[Span]) -> None:
    if node.type == "text":
        spans.append(_span(node.content, style))
    elif node.type in {"softbreak", "hardbreak"}:
        spans.append(_span(" "))
    elif node.type == "code_inline":
        spans.append(_span(node.content, "code"))
    elif node.type in {"strong", "em"}:
        for child in node.children:
            _walk(child, node.type, spans)
    else:
        # A link on paper is its words; where it leads is said beside it when that is not the same.
        before = len(spans)
        for child in node.children:
            _walk(child, style, spans)
        words = "".join(each["text"] for each in spans[before:])
        target = str(node.attrs.get("href", "")).removeprefix("mailto:")
        if target and target != words:
            spans.append(_span(f" ({target})"))


def _span(text: str, style: str = "") -> Span:
    return {"text": text, "style": style}
