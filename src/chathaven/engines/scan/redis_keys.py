"""Looking through a Redis: every key with its value, and its files where they are on this machine."""

from __future__ import annotations

from pathlib import Path

import redis

from chathaven.engines.scan.folders import Search

STORE = "Redis"
FILES = "Redis, its files"


def look_through(search: Search, url: str) -> None:
    """Looks through every key of every database of a Redis, and its RDB and AOF files."""
    store = search.store(STORE)
    try:
        with redis.Redis.from_url(url) as connection:
            for key in connection.scan_iter(count=1000):
                search.held(STORE, f"the name of key {store.pieces}", bytes(key))
                search.held(STORE, f"key {store.pieces}", connection.dump(key) or b"")
            folder = connection.config_get("dir")
    except redis.RedisError as error:
        # Without the text of the error, which may hold the address with its password.
        store.unread.append(f"not all of it could be looked at: {type(error).__name__}")
        return
    place = Path(str(folder.get("dir", ""))) if isinstance(folder, dict) else Path()
    kinds = (".rdb", ".aof")
    if not place.is_absolute() or not place.is_dir():
        search.store(FILES).unread.append("its folder is not on this machine")
        return
    search.folder(place, lambda file: FILES if file.name.endswith(kinds) else None)
