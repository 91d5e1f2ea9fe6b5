"""What every edge stands on, built once at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chathaven.base.settings import Settings
from chathaven.engines.database.transaction import Database, Transaction
from chathaven.engines.files.objects import Objects
from chathaven.engines.jobs.queue import Queue
from chathaven.engines.ledger import Ledger
from chathaven.engines.mail.post import Post
from chathaven.engines.stores import Store
from chathaven.engines.stream.bus import Bus
from chathaven.engines.stream.hub import Hub
from chathaven.engines.vault.keys import Vault
from chathaven.engines.vault.signing import Signing
from chathaven.engines.web.limits import Limits


class Ground:
    """The engines of one process.

    Not a dataclass: the web framework would check every field of one on every request.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        signing: Signing,
        ledger: Ledger,
        hub: Hub,
        bus: Bus,
        limits: Limits,
        queue: Queue,
        post: Post,
        objects: Objects,
        stores: list[Store] | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.vault = vault
        self.signing = signing
        self.ledger = ledger
        self.hub = hub
        self.bus = bus
        self.limits = limits
        self.queue = queue
        self.post = post
        self.objects = objects
        # Every kind of place that can hold a person's data; `entry.ground` fills it.
        self.stores: list[Store] = stores or []
        # Called in each transaction that changes the settings of an account.
        self.after_settings: list[Callable[[Transaction], Awaitable[None]]] = []
