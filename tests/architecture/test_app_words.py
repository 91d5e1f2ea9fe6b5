"""What the server refuses and logs can be said in every language of the app."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chathaven.base.reasons import MESSAGES, OF_PROGRAMS, Reason, message

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "chathaven"
CATALOGUES = sorted((ROOT / "frontend" / "app" / "i18n").glob("*.json"))

# Where a reason comes from elsewhere: a caller, the validating library, or another error.
PASSED_ON = {
    "base/errors.py",
    "engines/web/plain_words.py",
    "product/sites/appearance.py",
}

# Codes that the app has no words for of its own, and why nobody misses them.
SAID_ELSEWHERE = {
    "agreement_required": "to visitors: the widget asks for the agreement",
    "conflict": "the kind, whose cases have codes of their own",
    "fault": "by its status, as the server that is in trouble",
    "file_damaged": "by its status; a file is fetched by a link",
    "id_taken": "to programs: the app gives every message an id of its own",
    "invitation_not_found": "by its page, which says that the invitation is over",
    "link_not_found": "on the page of the link, which is made by the server",
    "malformed": "to programs: the app sends JSON",
    "method_not_allowed": "to programs: the app asks as the server takes it",
    "not_yours_to_lift": "to visitors: the widget says it",
    "notice_required": "to visitors: the widget shows the text",
    "notice_stale": "to visitors, and to operators by the question that is shown anew",
    "origin_not_allowed": "to visitors' browsers, on a page that is not listed",
}


def read(path: Path) -> dict[str, Any]:
    """Returns a catalogue."""
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return held


def placeholders(texts: str | tuple[str, ...] | dict[str, str]) -> set[str]:
    """Returns the names in a text, or in all forms of it."""
    if isinstance(texts, str):
        return {name for _, name, _, _ in string.Formatter().parse(texts) if name}
    forms = texts.values() if isinstance(texts, dict) else texts
    return {name for form in forms for name in placeholders(form)}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Gives every call in the source, with its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(SOURCE).as_posix(), node


CALLS = list(calls())


def refusals() -> Iterator[tuple[str, ast.expr, set[str]]]:
    """Gives of every field that is refused the file, the reason, and the names of what it tells."""
    for name, call in CALLS:
        called = ast.unparse(call.func)
        if called == "Invalid.field":
            told = {keyword.arg or "" for keyword in call.keywords} - {"code"}
            yield f"{name}:{call.lineno}", call.args[1], told
        elif called == "FieldError" and name not in PASSED_ON:
            params = call.args[2] if len(call.args) > 2 else ast.Dict([], [])
            assert isinstance(params, ast.Dict), f"{name}:{call.lineno}"
            told = {str(ast.literal_eval(key)) for key in params.keys if key}
            yield f"{name}:{call.lineno}", call.args[1], told


def test_every_field_is_refused_with_a_reason_and_all_that_it_takes_in() -> None:
    found = list(refusals())
    assert len(found) > 50
    for place, reason, told in found:
        assert isinstance(reason, ast.Attribute), place
        assert ast.unparse(reason.value) == "Reason", place
        assert told == placeholders(MESSAGES[Reason[reason.attr]]), place


def test_no_reason_is_left_over() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    for reason in Reason:
        outside = text.count(f"Reason.{reason.name}") - 1 - (reason in OF_PROGRAMS)
        assert outside > 0, reason
    assert set(MESSAGES) == set(Reason)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_reason_has_a_text_in_every_language_of_the_app(path: Path) -> None:
    catalogue = read(path)
    assert "wrong.other" in catalogue
    for reason in Reason:
        key = f"wrong.{reason}"
        assert (key in catalogue) == (reason not in OF_PROGRAMS), key
        if key in catalogue:
            assert placeholders(catalogue[key]) <= placeholders(MESSAGES[reason]), key


def test_the_sentence_is_made_from_the_reason() -> None:
    assert message(Reason.TOO_LONG, {"max": 1}) == "takes at most 1 character"
    assert message(Reason.TOO_SHORT, {"min": 12}) == "takes at least 12 characters"
    assert message(Reason.ONE_OF, {"allowed": ["de", "fr"]}) == "takes one of de, fr"
    assert message(Reason.WRONG_TYPE, {"expected": ["string", "null"]}) == "takes text or null"


def codes() -> set[str]:
    """Returns every code that the source gives a problem, where no field has the reason."""
    found = set()
    for _, call in CALLS:
        if ast.unparse(call.func) == "Invalid.field":
            continue
        if ast.unparse(call.func) == "refusal":
            found.add(ast.literal_eval(call.args[0]))
        for keyword in call.keywords:
            if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                found.add(keyword.value.value)
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found |= set(of_class(node))
    return found


def of_class(node: ast.ClassDef) -> Iterator[str]:
    """Gives the code that a kind of problem has by itself."""
    for line in node.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Constant):
            named = line.targets[0] if isinstance(line, ast.Assign) else line.target
            if ast.unparse(named) == "code" and isinstance(line.value.value, str):
                yield line.value.value


def test_every_problem_has_words_in_the_app() -> None:
    found = codes()
    assert {"forbidden", "last_owner", "notice_stale", "wrong_credentials"} <= found
    said = {key.removeprefix("problem.") for key in read(CATALOGUES[0]) if "problem." in key}
    assert found - said == set(SAID_ELSEWHERE)


def test_every_action_of_the_audit_log_has_words_in_the_app() -> None:
    done = {
        str(ast.literal_eval(call.args[2]))
        for _, call in CALLS
        if ast.unparse(call.func) == "record"
        and len(call.args) > 2
        and isinstance(call.args[2], ast.Constant)
    }
    assert {"signed-in", "settings-changed"} <= done
    # Steps of a request have the words of its states.
    named = {f"action.{name}" for name in done if not name.startswith("request-")}
    assert {name.replace("-", "_") for name in named} <= set(read(CATALOGUES[0]))
