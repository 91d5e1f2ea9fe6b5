"""The whole proof on a server: what it claims holds, and it fails where it has to (P1, P2, P5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.entry.cli.main import main
from chathaven.entry.proof.claims import Words, sees_letters, sees_what_is_open
from chathaven.entry.proof.person import Person
from chathaven.entry.proof.places import FILES, LOG, OBJECTS, OUTBOX, SQL, TEMPORARY
from chathaven.entry.proof.prove import Proof, prove
from chathaven.entry.proof.report import NOT_PROVEN, PROVEN, in_words, signed_report
from tests.driving import Server, all_items, json_of, sign_up, visit
from tests.erasure.stage import Stage

pytestmark = pytest.mark.slow


def carry_out(server: Server) -> Proof:
    settings = Settings.from_env({}, data=server.data)
    said = server.log.parent / "said"
    said.mkdir(exist_ok=True)
    if not (said / "server.log").exists():
        (said / "server.log").hardlink_to(server.log)
    return prove(settings, server.url, lambda _: None, also=(said,))


def test_everything_that_is_claimed_holds(
    running: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = carry_out(running)
    words = "\n".join(in_words(proof))
    assert proof.holds, words
    assert PROVEN in words
    assert len(proof.claims) >= 25
    stores = {store.store for found in proof.searches for store in found.stores}
    assert {SQL, FILES, LOG, OBJECTS, OUTBOX, TEMPORARY, "exports", "logs"} <= stores
    assert not [store.unread for found in proof.searches for store in found.stores if store.unread]
    tables = next(each for each in proof.searches[0].stores if each.store == SQL)
    assert tables.pieces > 100, "the catalogues, the queue and every table of the product"
    report = signed_report(proof, Signing.open(running.data / FILE_NAME))
    text = json.dumps(report, ensure_ascii=False)
    assert "cnry-" not in text, "no canary is copied into the report"
    path = tmp_path / "report.json"
    path.write_text(text)
    assert main(["verify", str(path), "--data", str(running.data)]) == 0
    path.write_text(text.replace('"proven": true', '"proven": false'))
    assert main(["verify", str(path), "--data", str(running.data)]) == 1
    capsys.readouterr()


def leave_a_copy(place: str, person: Person, server: Server) -> None:
    folder = server.data / place
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "forgotten").write_text(f"left here: {person.canaries[0].text}")


@pytest.fixture(autouse=True)
def tidy(running: Server) -> Iterator[None]:
    """Takes away what a test has left behind on purpose."""
    yield
    for left in running.data.glob("*/*forgotten"):
        left.unlink()


LEAKS = {
    "outbox": OUTBOX,
    "exports": "exports",
    "files": OBJECTS,
    "backups": "backups",
    "ledger": "ledger of erasures",
    "somewhere": "other files of the installation",
}


def test_a_copy_that_is_left_behind_is_found(
    running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase = Person.erase

    def leaky(self: Person) -> dict[str, object]:
        for place in LEAKS:
            leave_a_copy(place, self, running)
        for number, sent in enumerate(self.sent):
            body = self.company.door.bytes("GET", sent.path)
            (running.data / "files" / f"{number}.forgotten").write_bytes(body)
        return erase(self)

    monkeypatch.setattr(Person, "erase", leaky)
    proof = carry_out(running)
    assert not proof.holds
    [claim] = [each for each in proof.claims if each.text.startswith("After: nothing of the")]
    assert {(hit.store, hit.field) for hit in claim.finds} == {
        *((store, "visitors.technical") for store in LEAKS.values()),
        (OBJECTS, "files.content"),
    }
    assert all("forgotten" in hit.where for hit in claim.finds)
    # A plain file of every kind is seen, whatever it is packed in.
    assert {hit.where.split(" ")[0] for hit in claim.finds if hit.field == "files.content"} == {
        f"files/{number}.forgotten" for number in range(5)
    }
    assert NOT_PROVEN in list(in_words(proof))


def test_who_was_not_erased_is_found(running: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sealed is seen by no search, so the product itself is asked too."""
    erase = Person.erase

    def another(self: Person) -> dict[str, object]:
        # Somebody else's erasure, certified and true.
        stranger = Person(self.company, "a stranger")
        stranger.come()
        stranger.talk()
        return erase(stranger)

    monkeypatch.setattr(Person, "erase", another)
    proof = carry_out(running)
    failed = {claim.text.split(":")[1].strip() for claim in proof.claims if not claim.holds}
    assert failed == {
        # Letters to the person still wait in the outbox.
        "nothing of the erased person stands anywhere",
        "no list, log or record of the product names the erased person",
        "the product says that there is no such person, chat or token",
        "the product's own search finds nothing",
        "a new copy of the account holds nothing of the erased person",
        "the store of files holds the files and small pictures of who is there, and no others",
    }


def test_a_search_that_is_blind_somewhere_proves_nothing(running: Server) -> None:
    stage = Stage(running)
    found = stage.everywhere()
    opens = stage.company.opens
    control = [*sees_what_is_open(Words("before", found), opens, (FILES, LOG))]
    assert [claim.holds for claim in control] == [True, True, True]
    assert sees_letters(Words("before", found)).holds
    for number, store in enumerate((SQL, FILES, LOG)):
        blind = Words("before", [each for each in found if each.store != store])
        control = sees_what_is_open(blind, opens, (FILES, LOG))
        assert [claim.holds for claim in control] == [at != number for at in range(3)]
    without = Words("before", [each for each in found if each.store != OUTBOX])
    assert not sees_letters(without).holds
    stage.close()


def test_in_a_given_account(running: Server) -> None:
    """Two people come and go in somebody's account; nothing else of it changes."""
    account = sign_up(running)
    customer = visit(running, account.site_key)
    customer.say("I was here before")
    token = json_of(account.http.post("/v1/tokens", json={"name": "t", "scopes": ["*"]}), 201)
    before = [json_of(account.http.get(path)) for path in ("/v1/settings", "/v1/sites")]
    settings = Settings.from_env({}, data=running.data)
    proof = prove(settings, running.url, lambda _: None, token=token["token"])
    assert proof.holds, "\n".join(in_words(proof))
    assert any("sites.key" in claim.seen for claim in proof.claims)
    assert [json_of(account.http.get(path)) for path in ("/v1/settings", "/v1/sites")] == before
    chats = all_items(account.http, "/v1/chats", view="all")
    assert [each["id"] for each in chats] == [customer.chat_id]
    customer.http.close()
    account.http.close()
