"""What happens in a game between a model and the product: each rule is done to both.

Steps: come, say, answer, edit, delete, say again, identify, consent, withdraw, restrict, lift,
hold, release, merge, part, erase, leave; and on a server that the game may kill: kill and start
again, also in the middle of an erasure, back up and restore.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.driving import json_of, sign_up, visit
from tests.entry.backups import chathaven
from tests.erasure.known import OPERATOR, VISITOR, Known, Said, World
from tests.erasure.seeing import Seeing, agrees, told

MOST = 3
QUESTION = {"enabled": True, "texts": {"en": "May we write to you about offers?"}}
PICK = st.integers(0, 99)
TEXT = st.text("abc äß漢🙂", min_size=1, max_size=12).filter(lambda text: text.strip() != "")
SIDE = st.sampled_from([VISITOR, OPERATOR])
SOMEBODY = precondition(lambda self: self.world.people)


class Game(Seeing):
    """What is done, step by step. `opening` is played first, by the rules, before chance has it."""

    may_kill = False
    before: World | None = None
    backup: Path

    @initialize()
    def begin(self) -> None:
        """A new account that asks the marketing question, and the opening of this game."""
        self.account = sign_up(self.server)
        asked = {"email_request": {"enabled": True, "marketing": QUESTION}}
        json_of(self.account.http.patch("/v1/settings", json=asked))
        self.opening()

    def opening(self) -> None:
        """What happens first: nothing, but where a test says so."""

    @precondition(lambda self: len(self.world.people) < MOST)
    @rule()
    def come(self) -> None:
        """Somebody comes."""
        client = visit(self.server, self.account.site_key)
        self.world.people.append(Known(client, client.chat_id))

    @SOMEBODY
    @rule(pick=PICK, text=TEXT)
    def say(self, pick: int, text: str) -> None:
        """A visitor writes: refused while restricted, and when erased."""
        person = self.world.one(pick)
        said = Said(str(uuid4()), VISITOR, text)
        answer = self.send(person, said, text)
        if person.asked:
            assert answer.status_code == 401
        elif person.hidden:
            assert told(answer) == (409, "processing_restricted")
        else:
            assert answer.status_code == 201, answer.text
            person.said.append(said)

    @SOMEBODY
    @rule(pick=PICK, text=TEXT)
    def answer(self, pick: int, text: str) -> None:
        """An operator writes: to whom they see."""
        person = self.world.one(pick)
        said = Said(str(uuid4()), OPERATOR, text)
        path = f"/v1/chats/{person.chat_id}/messages"
        body = {"id": said.id, "text": text}
        status = self.account.http.post(path, json=body).status_code
        # A chat is there with its first message.
        if person.hidden or not person.said:
            assert status in ({404} if person.hidden else {201, 404})
        else:
            assert status == 201
        if status == 201:
            person.said.append(said)

    @precondition(lambda self: any(person.said for person in self.world.people))
    @rule(pick=PICK, which=PICK, side=SIDE, text=TEXT)
    def edit(self, pick: int, which: int, side: str, text: str) -> None:
        """Somebody changes a message, or tries to change another's."""
        person, said = self.message(pick, which)
        http, path = self.at(person, said, side)
        answer = http.patch(path, json={"text": text})
        other = None if said.by == side else (403, "forbidden")
        refused = person.refused(side) or other or person.kept(said)
        assert agrees(answer, refused or (200, None)), answer.text
        if refused is None:
            said.text = text

    @precondition(lambda self: any(person.said for person in self.world.people))
    @rule(pick=PICK, which=PICK, side=SIDE)
    def delete(self, pick: int, which: int, side: str) -> None:
        """Somebody deletes a message; the owner deletes any."""
        person, said = self.message(pick, which)
        http, path = self.at(person, said, side)
        answer = http.delete(path)
        other = (403, "forbidden") if side == VISITOR and said.by == OPERATOR else None
        refused = person.refused(side) or other or person.kept(said)
        assert agrees(answer, refused or (204, None)), answer.text
        if refused is None:
            said.text = None

    @precondition(lambda self: any(person.said for person in self.world.people))
    @rule(pick=PICK, which=PICK)
    def say_again(self, pick: int, which: int) -> None:
        """A deleted message is sent once more by an outbox: acknowledged, and not back."""
        person, said = self.message(pick, which)
        if said.by == VISITOR and said.text is None and not person.hidden and not person.asked:
            assert self.send(person, said, "whatever it was").status_code == 201

    @SOMEBODY
    @rule(pick=PICK, name=TEXT)
    def identify(self, pick: int, name: str) -> None:
        """A visitor says their name: as long as they are there, restricted or not."""
        person = self.world.one(pick)
        answer = person.client.http.patch("/v1/widget/me", json={"name": name})
        assert answer.status_code == (401 if person.asked else 200), answer.text
        if not person.asked:
            person.name = name.strip()

    @SOMEBODY
    @rule(pick=PICK, answer=st.sampled_from(["yes", "no"]))
    def consent(self, pick: int, answer: str) -> None:
        """A visitor consents, refuses, or withdraws."""
        person = self.world.one(pick)
        given = person.client.http.patch("/v1/widget/me", json={"marketing": answer})
        assert given.status_code == (401 if person.asked else 200), given.text
        if not person.asked:
            person.answers(answer)

    @precondition(lambda self: len(self.world.people) > 1)
    @rule(pick=PICK, other=PICK)
    def merge(self, pick: int, other: int) -> None:
        """An owner says that two are one person."""
        person, into = self.world.one(pick), self.world.one(other)
        answer = self.account.http.post(f"{person.path}/merge", json={"into": into.id})
        expected = self.world.merging(person, into)
        assert agrees(answer, expected), answer.text
        if expected[0] == 200:
            person.into = into.id

    @SOMEBODY
    @rule(pick=PICK)
    def part(self, pick: int) -> None:
        """An owner says that they are not."""
        person = self.world.one(pick)
        answer = self.account.http.delete(f"{person.path}/merge")
        expected = self.world.parting(person)
        assert answer.status_code == expected, answer.text
        if expected == 204:
            person.into = None

    @SOMEBODY
    @rule(pick=PICK)
    def restrict(self, pick: int) -> None:
        """An owner restricts a person; twice is once."""
        person = self.world.one(pick)
        body = {"ground": "accuracy", "reason": "It is contested"}
        status = self.account.http.post(f"{person.path}/restriction", json=body).status_code
        assert status == (404 if person.gone else 201)
        for each in () if person.gone else self.world.person(person):
            each.restricted = each.was_restricted = True

    @SOMEBODY
    @rule(pick=PICK)
    def lift(self, pick: int) -> None:
        """An owner lifts a restriction; holds stay."""
        person = self.world.one(pick)
        status = self.account.http.delete(f"{person.path}/restriction").status_code
        assert status == (204 if person.restricted else 404)
        for each in self.world.person(person) if person.restricted else ():
            each.restricted = False

    @SOMEBODY
    @rule(pick=PICK)
    def hold(self, pick: int) -> None:
        """An owner puts a person on hold, once more each time."""
        person = self.world.one(pick)
        review = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        body = {"matter": "A dispute", "review_at": review}
        answer = self.account.http.post(f"{person.path}/holds", json=body)
        if person.gone:
            assert answer.status_code == 404
            return
        made = json_of(answer, 201)["id"]
        for each in self.world.person(person):
            each.holds.add(made)
            each.times_held += 1

    @precondition(lambda self: any(person.holds for person in self.world.people))
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        """A hold ends; an erasure that waited for the last one runs."""
        held = [person for person in self.world.people if person.holds]
        person = held[pick % len(held)]
        hold = sorted(person.holds)[pick % len(person.holds)]
        assert self.account.http.delete(f"/v1/holds/{hold}").status_code == 204
        for each in self.world.person(person):
            each.holds.discard(hold)
        if not person.holds and any(each.asked for each in self.world.person(person)):
            self.until_gone(person)

    @SOMEBODY
    @rule(pick=PICK, kill=st.booleans())
    def erase(self, pick: int, kill: bool = False) -> None:
        """A person is erased, as often as they came, or waits for the end of a hold."""
        person = self.world.one(pick)
        answer = self.account.http.delete(person.path)
        if person.gone:
            assert answer.status_code == 404
            return
        erasure = json_of(answer, 202)["erasure"]
        for each in self.world.person(person):
            each.asked = True
        assert (erasure["status"] == "waiting") is bool(person.holds)
        if kill and self.may_kill:
            self.server.restart()
        if not person.holds:
            self.until_gone(person)

    @SOMEBODY
    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        """A visitor erases themselves, and nobody whom an operator took for them."""
        person = self.world.one(pick)
        answer = person.client.http.post("/v1/widget/me/erasure")
        if person.asked:
            assert answer.status_code == 401
            return
        erasure = json_of(answer, 202)["erasure"]
        person.asked = True
        assert (erasure["status"] == "waiting") is bool(person.holds)
        if not person.holds:
            self.until_gone(person)

    @precondition(lambda self: self.may_kill and self.world.people)
    @rule()
    def crash(self) -> None:
        """The server is killed and starts again."""
        self.server.restart()

    @precondition(lambda self: self.may_kill and self.world.people)
    @rule()
    def back_up(self) -> None:
        """A backup is made."""
        self.backup = self.folder / f"{uuid4()}.backup"
        self._run("backup", self.backup)
        self.before = self.world.backed_up()

    @precondition(lambda self: self.before is not None)
    @rule()
    def restore(self) -> None:
        """It is restored: all as it was, but for who was erased, and what protects people."""
        assert self.before is not None
        assert self.server.stop() == 0
        self._run("restore", self.backup, "--yes")
        self.server.start()
        who = {"email": self.account.email, "password": self.account.password}
        json_of(self.account.http.post("/v1/sessions", json=who), 201)
        self.world, self.before = self.world.restored(self.before), None
        self.find_holds()

    def _run(self, command: str, file: Path, *options: str) -> None:
        secret = self.folder / "passphrase"
        places = ("--data", self.server.data, "--passphrase-file", secret)
        done = chathaven(command, file, *places, *options)
        assert done.returncode == 0, done.stderr
