"""What protects people, done after a backup was made, and looked for when it is restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.driving import Account, Server, VisitorClient, json_of, visit
from tests.product.privacy.filed import photo, send_now

SECRET = "a card number, say"
EARLY, LATE = "early@example.org", "late@example.org"
ASKED = {
    "enabled": True,
    "when": "always",
    "marketing": {"enabled": True, "texts": {"en": "May we write to you about offers?"}},
}


@dataclass
class Protected:
    """Whom it is about, and the messages that are deleted: one by its author, one by the owner."""

    account: Account
    one: VisitorClient
    other: VisitorClient
    restricted: VisitorClient
    held: VisitorClient
    text_id: str
    file_id: str
    deleted_at: str = ""

    def close(self) -> None:
        """Lets go of those whom nobody else knows."""
        for each in (self.restricted, self.held):
            each.http.close()


def prepare(
    server: Server, account: Account, one: VisitorClient, other: VisitorClient
) -> Protected:
    """Lets there be something to protect, before the backup is made."""
    owner = account.http
    json_of(owner.patch("/v1/settings", json={"email_request": ASKED}))
    json_of(owner.post("/v1/suppressions", json={"email": EARLY}))
    text_id = one.say("what is changed first")["id"]
    path = f"/v1/widget/me/messages/{text_id}"
    json_of(one.http.patch(path, json={"text": SECRET}))
    file_id = send_now(other.http, "secret.png", photo(99))["id"]
    restricted, held = (visit(server, account.site_key) for _ in range(2))
    for each in (restricted, held):
        each.say("said by somebody who is kept apart later")
    return Protected(account, one, other, restricted, held, text_id, file_id)


def protect(made: Protected) -> None:
    """Does what protects them, after the backup was made."""
    owner = made.account.http
    assert made.one.http.delete(f"/v1/widget/me/messages/{made.text_id}").status_code == 204
    made.deleted_at = message(made.one, made.text_id)["params"]["deleted_at"]
    path = f"/v1/chats/{made.other.chat_id}/messages/{made.file_id}"
    assert owner.delete(path).status_code == 204
    json_of(made.one.http.patch("/v1/widget/me", json={"marketing": "no"}))
    path = f"/v1/visitors/{made.restricted.visitor_id}/restriction"
    json_of(owner.post(path, json={"ground": "accuracy"}), 201)
    review = (datetime.now(UTC) + timedelta(days=90)).isoformat()
    body = {"matter": "A dispute", "review_at": review}
    json_of(owner.post(f"/v1/visitors/{made.held.visitor_id}/holds", json=body), 201)
    json_of(owner.post("/v1/suppressions", json={"email": LATE}))


SAID = (
    "Messages deleted: 2. Consents withdrawn: 1. People restricted or held: 2. "
    "Addresses that are not to be written to: 1."
)


def check(server: Server, made: Protected) -> None:
    """All of it holds in an installation that was restored; the owner is signed in there."""
    owner = made.account.http
    for each in (made.restricted, made.held):
        each.http.base_url = server.url
        body = {"id": made.text_id, "text": "more"}
        refused = each.http.post("/v1/widget/me/messages", json=body)
        assert refused.json()["code"] == "processing_restricted"
    events = made.one.events()
    assert SECRET not in str(events)
    assert "what is changed first" not in str(events)
    gone = {"deleted_at": made.deleted_at, "deleted_by": "visitor"}
    assert message(made.one, made.text_id)["params"] == gone
    assert message(made.other, made.file_id)["params"]["deleted_by"] == "operator"
    path = f"/v1/widget/me/files/{made.file_id}"
    assert made.other.http.get(path).status_code == 404
    me = made.one.me
    assert me["marketing"]["answer"] == "no"
    assert me["receipts"][0]["answer"] == "withdrawn"
    assert "ledger" in me["receipts"][0]["reason"]
    assert made.other.me["marketing"]["answer"] == "yes"
    standing = json_of(owner.get("/v1/restrictions"))["items"]
    found = {(each["visitor"]["id"], each["kind"]) for each in standing}
    assert found == {
        (made.restricted.visitor_id, "restriction"),
        (made.held.visitor_id, "hold"),
    }
    assert all("ledger" in each["words"] for each in standing)
    for email, suppressed in ((EARLY, True), (LATE, True), ("never@example.org", False)):
        shown = json_of(owner.post("/v1/suppressions/check", json={"email": email}))
        assert shown == {"suppressed": suppressed}, email


def message(client: VisitorClient, id: str) -> dict[str, Any]:
    """Returns a message as its visitor sees it."""
    return next(each for each in client.events() if each["id"] == id)
