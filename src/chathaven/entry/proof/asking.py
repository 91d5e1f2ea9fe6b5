"""A planted person's requests, and what operators write about them."""

from __future__ import annotations

from chathaven.engines.scan.canary import Canary, address, together, words
from chathaven.entry.proof.door import Door
from chathaven.entry.proof.places import OUTBOX

LETTERS = frozenset({OUTBOX})
"""Letters to the person bear their address and words until they are handed over or erased."""


def ask(door: Door, visitor_id: str, whose: str) -> tuple[str, list[Canary]]:
    """Enters a request, doubts who asks, writes a letter, and restricts the person for a moment.

    Returns the request's id and what was planted.
    """
    name = words("rights_contents.name", whose, LETTERS)
    email = address("rights_contents.email", whose, LETTERS)
    text = words("rights_contents.text", whose, LETTERS)
    behalf = words("rights_contents.details", whose, LETTERS)
    entered = {
        "kind": "access",
        "via": "letter",
        "visitor_id": visitor_id,
        "name": together(name),
        "email": email.text,
        "text": together(text),
        "on_behalf": together(behalf),
    }
    request = door.json("POST", "/v1/requests", entered, expected=201)["request"]["id"]
    path = f"/v1/requests/{request}"
    doubt = words("rights_notes.text", whose, LETTERS)
    door.json("POST", f"{path}/doubt", {"reason": together(doubt)}, expected=201)
    letter = words("rights_letters.content", whose, LETTERS)
    written = {"subject": "About your request", "text": together(letter)}
    door.json("POST", f"{path}/letters", written, expected=201)
    reason = words("restrictions.words", whose)
    body = {"ground": "accuracy", "reason": together(reason)}
    door.json("POST", f"/v1/visitors/{visitor_id}/restriction", body, expected=201)
    door.bytes("DELETE", f"/v1/visitors/{visitor_id}/restriction", expected=204)
    return request, [*name, email, *text, *behalf, *doubt, *letter, *reason]


def shown(door: Door, visitor_id: str, request: str) -> dict[str, bytes]:
    """Returns what operators are shown of it, by path."""
    paths = (f"/v1/requests/{request}", f"/v1/visitors/{visitor_id}/restrictions")
    return {path: door.bytes("GET", path) for path in paths}


def proofs(door: Door) -> dict[str, bytes]:
    """Returns lists, logs and records, which outlive a person and name nobody then."""
    paths = (
        "/v1/requests?state=all",
        "/v1/restrictions",
        "/v1/audit",
        "/v1/audit/file",
        "/v1/chats?view=all",
        "/v1/visitors",
        "/v1/records?kind=controller",
    )
    return {path: door.bytes("GET", path) for path in paths}


def proof_of(door: Door, request: str) -> dict[str, bytes]:
    """Returns what stays of a request as proof that it was answered."""
    path = f"/v1/requests/{request}"
    return {path: door.bytes("GET", path)}
