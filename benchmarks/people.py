"""Companies, their operators and their visitors, made through the front door."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

from benchmarks.wire import Client

PASSWORD = "correct horse battery staple"
AT_ONCE = 8
"""As many as the server has connections to its database: more would only wait."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Company:
    """An account: the key of its site, and an API token of its owner."""

    account_id: str
    site_key: str
    token: str


async def sign_up(port: int) -> Company:
    """Signs a company up and makes its owner a token."""
    client = Client(port)
    terms = await client.call("GET", "/v1/legal/terms")
    email = f"owner{next(_numbers)}@example.com"
    body = {"company": "Example", "name": "Ada Example", "email": email, "password": PASSWORD}
    made = await client.call("POST", "/v1/accounts", body | {"accepted_terms": terms["version"]})
    token = await client.call("POST", "/v1/tokens", {"name": "benchmark", "scopes": ["*"]})
    client.close()
    return Company(made["account"]["id"], made["site"]["key"], token["token"])


async def visitors(port: int, site_key: str, count: int) -> list[str]:
    """Starts `count` visitors; returns their tokens."""
    left = iter(range(count))
    tokens: list[str] = []

    async def some() -> None:
        client = Client(port)
        for _ in left:
            body = {"language": "en"}
            made = await client.call("POST", f"/v1/widget/{site_key}/visitors", body)
            tokens.append(made["token"])
        client.close()

    await asyncio.gather(*(some() for _ in range(min(count, AT_ONCE))))
    return tokens
