"""The proof from beginning to end: plant, look, erase, look again, leave nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from chathaven.base.clock import now
from chathaven.base.settings import Settings
from chathaven.engines.scan.canary import Canary
from chathaven.engines.scan.folders import Search
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.scan.stream import Hit
from chathaven.engines.vault.signing import Checker, NotGenuine
from chathaven.entry.proof import asking, claims
from chathaven.entry.proof.claims import Claim, Words
from chathaven.entry.proof.claims_of_files import nothing_of_cameras, objects_are
from chathaven.entry.proof.company import Company
from chathaven.entry.proof.door import CannotProve
from chathaven.entry.proof.person import FORMER, Person
from chathaven.entry.proof.places import FILES, LOG, Places, places
from chathaven.entry.proof.sending import THUMBNAIL, with_pixels

GOES, STAYS = "the person who goes", "the person who stays"
Tell = Callable[[str], None]


class Proof(msgspec.Struct):
    """What was done and seen. Times have a zone."""

    began_at: datetime
    claims: list[Claim] = msgspec.field(default_factory=list)
    searches: list[Words] = msgspec.field(default_factory=list)
    canaries: int = 0
    shapes: int = 0
    fields: list[str] = msgspec.field(default_factory=list)
    not_searched: list[str] = msgspec.field(default_factory=list)
    certificates: list[dict[str, Any]] = msgspec.field(default_factory=list)
    ended_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether every claim held."""
        return bool(self.claims) and all(claim.holds for claim in self.claims)


def prove(
    settings: Settings,
    url: str,
    tell: Tell,
    *,
    also: tuple[Path, ...] = (),
    token: str | None = None,
) -> Proof:
    """Carries the proof out on a running installation. `token` is an owner's of a given account.

    Raises:
        CannotProve: the product did not do what people do with it, or another installation
            answers at `url`.
        EmbeddedError: the embedded database cannot be reached.
    """
    proof = Proof(began_at=now())
    # A little earlier: clocks of file systems lag.
    with places(settings, also, time.time() - 5) as stores:
        company = Company.founded(url) if token is None else Company.given(url, token)
        try:
            _Course(proof, stores, company, tell).run()
        except CannotProve:
            if company.is_own and not proof.ended_at:
                tell("It did not work out; the planted account is closed …")
                company.close()
            raise
        finally:
            company.door.close()
    return proof


class _Course:
    def __init__(self, proof: Proof, stores: Places, company: Company, tell: Tell) -> None:
        self._proof = proof
        self._stores = stores
        self._company = company
        self._tell = tell
        self._goes = Person(company, GOES, scale=2)
        self._stays = Person(company, STAYS)

    def run(self) -> None:
        """Plants, looks, erases, looks, closes, looks.

        Raises:
            CannotProve: a step did not work.
        """
        try:
            self._steps()
        finally:
            self._goes.close()
            self._stays.close()

    def _steps(self) -> None:
        self._plant()
        patterns = Patterns(self._all_canaries())
        self._before(patterns)
        self._erase()
        self._after(patterns)
        self._leave(patterns)
        self._proof.not_searched = self._stores.cannot_reach()
        self._proof.ended_at = now()

    def _all_canaries(self) -> list[Canary]:
        people = (self._goes, self._stays)
        found = [*self._company.canaries, *self._company.opens]
        found += [each for person in people for each in (*person.canaries, *person.dropped)]
        self._proof.canaries = len(found)
        self._proof.fields = sorted({each.field for each in found})
        return found

    def _plant(self) -> None:
        self._tell("Planting two people, and using the product as they and an operator would …")
        if self._company.is_own:
            self._company.fill()
        for person in (self._goes, self._stays):
            person.come()
            person.talk()
            person.change()
            person.send()
            person.ask()
            person.search_for()
        with self._stores.connected() as connection:
            connection.execute(
                "SELECT set_config('app.account', %s, true)", (self._company.account_id,)
            )
            there = connection.execute(
                "SELECT 1 FROM accounts WHERE account_id = %s", (self._company.account_id,)
            ).fetchone()
        if there is None:
            raise CannotProve("another installation answers at this address than is searched")

    def _before(self, patterns: Patterns) -> None:
        self._tell("Searching before anything is erased: the search must find, and not too much …")
        goes, stays = self._goes, self._stays
        copies = {**goes.copies(), **{f"{k} (stays)": v for k, v in stays.copies().items()}}
        if self._company.is_own:
            copies |= self._account_as_file()
        found = self._search("before", patterns)
        self._proof.shapes = patterns.count
        add = self._proof.claims.append
        add(claims.sees_itself(patterns))
        opens = self._company.opens
        self._proof.claims += claims.sees_what_is_open(found, opens, self._control_stores())
        if self._company.is_own:
            if self._stores.settings.smtp_url is None:
                add(claims.sees_letters(found))
            add(claims.company_claims(patterns, self._company))
        people = [*goes.canaries, *stays.canaries]
        # Of a request by somebody who is known, the address that is known is shown.
        seen = [each for each in people if each.field not in ("rights_contents.email", FORMER)]
        shown = {**goes.shown(), **stays.shown()}
        add(
            claims.sealed_opens(
                "Before: every canary of both people is read back through the product",
                patterns, shown, seen,
            )
        )  # fmt: skip
        add(
            claims.sealed_opens(
                "Before: every canary of both people is in the copies that are handed out",
                patterns, copies, [each for each in people if each.field != THUMBNAIL],
            )
        )  # fmt: skip
        add(nothing_of_cameras(patterns, (goes, stays), {**shown, **copies}))
        text = "Before: what was deleted or overwritten is in nothing that is handed out"
        dropped = [*goes.dropped, *stays.dropped]
        add(claims.not_handed_out(text, patterns, {**shown, **copies}, dropped))
        text = "Before: what a message said before it was changed is on no screen"
        former = [each for each in people if each.field == FORMER]
        add(claims.not_handed_out(text, patterns, shown, former))
        self._count_objects("Before", goes, stays)
        text = "Before: nothing personal stands anywhere in the clear, where it is not by design"
        add(claims.nothing_in_the_clear(text, found.hits))

    def _control_stores(self) -> tuple[str, ...]:
        """Where open configuration has to be found: in the log only what was just written."""
        if self._stores.settings.database_url is not None:
            return ()
        return (FILES, LOG) if self._company.is_own else (FILES,)

    def _account_as_file(self) -> dict[str, bytes]:
        """Returns the planted account's own copy, with what the pictures in it show."""
        return with_pixels({"the account as a file": self._company.exported()})

    def _count_objects(self, when: str, *people: Person) -> None:
        """Claims that the store of files holds what these have sent, and nothing else."""
        if self._company.is_own:
            there = self._stores.objects(self._company.account_id)
            self._proof.claims.append(objects_are(when, people, there))

    def _erase(self) -> None:
        self._tell("Erasing the person …")
        self._certified(self._goes.erase())

    def _certified(self, erasure: dict[str, Any]) -> None:
        """Checks the certificate with the keys that everybody is shown."""
        keys = self._company.door.bytes("GET", "/.well-known/chathaven-keys.json").decode()
        certificate = erasure["certificate"]
        try:
            Checker.of(keys).check(certificate)
            genuine = True
        except (NotGenuine, ValueError):
            genuine = False
        receipts = erasure["receipts"]
        well = bool(receipts) and all(each["verified"] for each in receipts)
        rows = sum(each["removed"] for each in receipts)
        self._proof.certificates.append(certificate)
        self._proof.claims.append(
            Claim(
                f"The erasure of one {certificate['subject']['kind']} is certified, with a receipt"
                " for each store",
                genuine and well,
                f"{len(receipts)} stores, {rows} removed, stage {certificate['stage']}",
            )
        )

    def _after(self, patterns: Patterns) -> None:
        self._tell("Searching after the erasure …")
        found = self._search("after", patterns)
        add = self._proof.claims.append
        hits = claims.hits_of(found, GOES)
        add(
            claims.nothing_in_the_clear("After: nothing of the erased person stands anywhere", hits)
        )
        self._proof.claims += claims.forgotten(self._goes)
        self._count_objects("After", self._stays)
        lists = asking.proofs(self._company.door)
        lists |= asking.proof_of(self._company.door, self._goes.request)
        text = "After: no list, log or record of the product names the erased person"
        add(claims.not_handed_out(text, patterns, lists, self._goes.canaries))
        if self._company.is_own:
            copy = self._account_as_file()
            text = "After: a new copy of the account holds nothing of the erased person"
            add(claims.not_handed_out(text, patterns, copy, self._goes.canaries))
            text = "After: the same copy holds everything of the other person"
            add(claims.sealed_opens(text, patterns, copy, self._stays.canaries))
        text = "After: everything of the other person is there and can be read"
        shown = {**self._stays.shown(), **self._stays.copies()}
        add(claims.sealed_opens(text, patterns, shown, self._stays.canaries))

    def _leave(self, patterns: Patterns) -> None:
        if self._company.is_own:
            self._tell("Closing the planted account, and searching once more …")
            self._certified(self._company.close())
        else:
            self._tell("Erasing the other person too, and searching once more …")
            self._certified(self._stays.erase())
        self._count_objects("At the end")
        found = self._search("at the end", patterns)
        hits = [hit for hit in found.everything if not self._may_linger(hit)]
        text = "At the end: nothing personal that was planted stands anywhere"
        self._proof.claims.append(claims.nothing_in_the_clear(text, hits))

    def _may_linger(self, hit: Hit) -> bool:
        """What the world may read stays in PostgreSQL's files until they are written over."""
        # The name of a company is the name of its first site.
        is_open = hit.field in {"accounts.company", *(c.field for c in self._company.opens)}
        return is_open and self._stores.is_of_database(hit.store)

    def _search(self, when: str, patterns: Patterns) -> Words:
        search = Search(patterns)
        self._stores.search(search, self._company.account_id)
        found = Words(when, search.stores)
        self._proof.searches.append(found)
        return found
