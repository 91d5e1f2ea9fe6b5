"""Who is here: operators at their screens, visitors with an open chat. Memory only."""

from __future__ import annotations

import time
from uuid import UUID

import msgspec

from chathaven.engines.stream.bus import PRESENCE_SECONDS, Bus, Present
from chathaven.engines.stream.hub import Hub

UNSEEN = "unseen"
"""How a restricted visitor's stream is counted: they are here, and nobody is told."""


class _Elsewhere(msgspec.Struct):
    people: frozenset[UUID]
    until: float


class Presence:
    """Joins who has a stream in this process with what other processes say."""

    def __init__(self, hub: Hub, bus: Bus) -> None:
        self._hub = hub
        self._bus = bus
        self._elsewhere: dict[tuple[UUID, str], dict[UUID, _Elsewhere]] = {}

    def here(self, account_id: UUID, kind: str) -> set[UUID]:
        """Returns who of a kind is here, in any process."""
        people = self._hub.present(account_id, kind)
        moment = time.monotonic()
        for other in self._elsewhere.get((account_id, kind), {}).values():
            if other.until > moment:
                people |= other.people
        return people

    def say(self, account_id: UUID, kind: str) -> None:
        """Tells the other processes who is here in this one."""
        if self._bus.is_shared:
            self._bus.present(account_id, kind, sorted(self._hub.present(account_id, kind)))

    def say_all(self) -> None:
        """Repeats it for every account, so that what is not repeated can be forgotten."""
        for account_id in self._hub.accounts():
            self.say(account_id, "operator")
            self.say(account_id, "visitor")

    def heard(self, message: Present) -> set[UUID]:
        """Takes in what another process says. Returns whose presence changed."""
        key = (message.account_id, message.kind)
        before = self.here(*key)
        until = time.monotonic() + 3 * PRESENCE_SECONDS
        others = self._elsewhere.setdefault(key, {})
        others[message.process] = _Elsewhere(frozenset(message.people), until)
        return before ^ self.here(*key)

    def lapsed(self) -> list[tuple[UUID, str, UUID]]:
        """Forgets processes that say nothing any more, for they were killed or cannot be heard.

        Returns account, kind and id of everybody who was here by their word alone.
        """
        moment = time.monotonic()
        gone: list[tuple[UUID, str, UUID]] = []
        for key, others in list(self._elsewhere.items()):
            silent = [each for each, said in others.items() if said.until <= moment]
            people = {person for each in silent for person in others.pop(each).people}
            if not others:
                del self._elsewhere[key]
            gone += [(*key, person) for person in people - self.here(*key)]
        return gone
