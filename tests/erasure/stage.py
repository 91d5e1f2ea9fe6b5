"""A server with planted people, and the searches that tests make on it."""

from __future__ import annotations

import time
from pathlib import Path

from chathaven.base.settings import Settings
from chathaven.engines.scan.canary import Canary
from chathaven.engines.scan.folders import Looked, Search
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.scan.stream import Hit
from chathaven.entry.proof.company import Company
from chathaven.entry.proof.person import Person
from chathaven.entry.proof.places import places, store_of
from tests.driving import Server

GOES, STAYS = "goes", "stays"


class Stage:
    """One planted account with two planted people, on a server of the test's own."""

    def __init__(self, server: Server, **settings: str) -> None:
        self.server = server
        self.settings = Settings.from_env(settings, data=server.data)
        self.since = time.time() - 5
        self.company = Company.founded(server.url)
        self.company.fill()
        self.goes, self.stays = Person(self.company, GOES), Person(self.company, STAYS)
        for person in (self.goes, self.stays):
            person.come()
            person.talk()
            person.change()
            person.send()
            person.ask()
            person.search_for()
        self.patterns = Patterns(self.canaries)

    @property
    def canaries(self) -> list[Canary]:
        """Everything that was planted."""
        people = (self.goes, self.stays)
        planted = [each for person in people for each in (*person.canaries, *person.dropped)]
        return [*planted, *self.company.canaries, *self.company.opens]

    def sent(self, *people: Person) -> int:
        """Returns how many objects the store of files holds of what people sent."""
        return sum(len(each.paths()) for person in people for each in person.sent)

    def everywhere(self, *also: Path) -> list[Looked]:
        """Searches everything while the server runs."""
        search = Search(self.patterns)
        with places(self.settings, also, self.since) as stores:
            stores.search(search, self.company.account_id)
        return search.stores

    def close(self) -> None:
        """Closes the connections of everybody."""
        for one in (self.goes, self.stays, self.company.door):
            one.close()

    def files(self) -> list[Looked]:
        """Searches the files of a server that rests, and what it said."""
        search = Search(self.patterns)
        search.folder(self.server.data, store_of)
        search.file("what the server said", self.server.log, "server.log")
        return search.stores


def personal(stores: list[Looked]) -> list[Hit]:
    """Returns what stands where nothing may stand."""
    return [hit for store in stores for hit in store.hits]


def of(stores: list[Looked], whose: str) -> list[Hit]:
    """Returns what was found of somebody, wherever it may stand."""
    hits = [hit for store in stores for hit in (*store.hits, *store.by_design)]
    return [hit for hit in hits if hit.whose.split(",")[0] == whose]


def by_design(stores: list[Looked], store: str) -> set[str]:
    """Returns the fields that were found in a store in which they may stand."""
    return {hit.field for each in stores if each.store == store for hit in each.by_design}
