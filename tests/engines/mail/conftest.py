"""Mailboxes that letters are sent to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.engines.mail.mailbox import HOST, Mailbox, certificate


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None) -> AsyncIterator[Mailbox]:
    """Opens a mailbox, and closes it."""
    made = Mailbox(tls)
    server = await asyncio.start_server(made.serve, HOST, 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """One that offers no encryption."""
    async with listening() as made:
        yield made


@pytest.fixture
async def encrypting(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Mailbox]:
    """One that offers STARTTLS, with a certificate that is believed."""
    shown, context = certificate(tmp_path_factory.mktemp("certificate"))
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    async with listening(context) as made:
        yield made


@pytest.fixture
async def doubtful(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mailbox]:
    """One that offers STARTTLS, with a certificate that nobody vouches for."""
    _, context = certificate(tmp_path_factory.mktemp("certificate"))
    async with listening(context) as made:
        yield made
