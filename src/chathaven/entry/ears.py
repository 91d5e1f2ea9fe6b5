"""What a process does when something is said on the bus, by itself or by another."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chathaven.engines.stream.bus import Changed, Message, Present, Told, Whispered
from chathaven.engines.stream.frames import event_frame
from chathaven.engines.stream.hub import Hub
from chathaven.engines.vault.keys import Vault
from chathaven.product.access.gate import Gate
from chathaven.product.chats.live import Live
from chathaven.product.chats.relay import Relay
from chathaven.product.chats.tell_presence import PresenceTeller
from chathaven.product.consents.notices import NoticeCache
from chathaven.product.sites.find import SiteCache

KEYS = "keys"
"""Said when a tick has replaced keys: what is in memory is out of date."""


@dataclass
class Ears:
    """Everything that keeps in memory what may be out of date, and the open streams."""

    hub: Hub
    vault: Vault
    gate: Gate
    live: Live
    sites: SiteCache
    notices: NoticeCache
    teller: PresenceTeller
    relay: Relay

    def heard(self, message: Message) -> None:
        """Takes in what was said."""
        match message:
            case Told(account_id=account_id, events=events):
                self.relay.told(account_id, events)
            case Whispered(topic=topic, frame=frame):
                self.hub.whisper(topic, frame.encode())
            case Present():
                self.teller.heard(message)
            case Changed(account_id=account_id, what=what, id=id):
                self._changed(account_id, what, id)

    def credential_ended(self, account_id: UUID, id: UUID) -> None:
        """Forgets a session or token, or all of a person's, and ends the streams."""
        self.gate.forget(account_id)
        self.hub.end(
            account_id,
            lambda stream: id in (stream.person.id, stream.credential),
            event_frame("ended", b"{}"),
        )

    def _changed(self, account_id: UUID, what: str, id: UUID) -> None:
        self.sites.forget(account_id)
        self.notices.forget(account_id)
        self.live.names.forget(account_id, id)
        if what in ("credentials", "erased"):
            if what == "erased":
                self.vault.forget(account_id, id)
            self.credential_ended(account_id, id)
            return
        if what == "closed":
            self._closed(account_id)
            return
        if what == KEYS:
            self.vault.forget_all()
            return
        if what in ("recognition", "sight"):
            # What the gate remembers of a visitor is out of date.
            self.gate.forget(account_id)
            if what == "sight":
                self.hub.end(
                    account_id,
                    lambda stream: id == stream.person.id,
                    event_frame("bye", b'{"retry_after_ms":0}'),
                )
            return
        if what == "availability":
            self.teller.availability(account_id)
            what = "operators"
        self.live.publisher.whisper_all(account_id, "account", "changed", {"what": what, "id": id})

    def _closed(self, account_id: UUID) -> None:
        """Forgets an account, and ends every stream of it."""
        self.gate.forget(account_id)
        self.hub.end(account_id, lambda _stream: True, event_frame("ended", b"{}"))
        self.vault.forget_account(account_id)
        self.live.names.forget_account(account_id)
