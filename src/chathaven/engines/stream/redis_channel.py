"""The one Redis or Valkey channel that processes share.

Apart from the bus, because loading the client takes a fifth of the start and a twentieth of the
memory at rest, and a process that is alone needs none of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from litestar.channels.backends.redis import RedisChannelsPubSubBackend
from redis.asyncio import Redis
from redis.exceptions import RedisError

NAME = "chathaven"
LOST = (RedisError, OSError)
"""What each method raises when Redis is away."""


class RedisChannel:
    """A connection to the channel, which hears from the moment it is open."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2)
        self._backend = RedisChannelsPubSubBackend(redis=self._redis, key_prefix="")

    async def open(self) -> None:
        """Connects."""
        await self._backend.on_startup()
        await self._backend.subscribe([NAME])

    async def hear(self) -> AsyncIterator[bytes]:
        """Gives what anybody says, ourselves included."""
        async for _name, data in self._backend.stream_events():
            yield data

    async def say(self, data: bytes) -> None:
        """Tells all who hear."""
        await self._backend.publish(data, [NAME])

    async def close(self) -> None:
        """Hangs up; also when there is nobody at the other end."""
        with suppress(*LOST):
            await self._redis.aclose()
