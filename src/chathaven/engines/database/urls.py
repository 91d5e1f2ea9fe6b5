"""Where the database is, and as whom to come."""

from __future__ import annotations

from dataclasses import dataclass, field

from chathaven.base.settings import Settings


@dataclass(frozen=True)
class DatabaseUrls:
    """Two ways into one database, as libpq connection strings or addresses.

    `owner` owns the tables and is used for migrations alone. `app` owns nothing and bypasses
    nothing; everything else comes through it. Both may hold passwords and stay out of repr.
    """

    owner: str = field(repr=False)
    app: str = field(repr=False)
    # Whom migrations give rights to: the application is this role, or a member of it.
    role: str = "chathaven_app"

    @classmethod
    def from_settings(cls, settings: Settings) -> DatabaseUrls | None:
        """Returns the given database, or None where the embedded one is to be started.

        Without CHATHAVEN_DATABASE_OWNER_URL both are the same; `given.prepare` then lets the
        application step down to a role that owns nothing.
        """
        if settings.database_url is None:
            return None
        return cls(
            owner=settings.database_owner_url or settings.database_url,
            app=settings.database_url,
        )
