"""Whether it lives, whether it is ready, and how it fares."""

from __future__ import annotations

import ipaddress

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from chathaven.base.errors import NotFound, Unavailable
from chathaven.engines.ground import Ground
from chathaven.product.access.gate import PUBLIC, may

STREAMS = Gauge("chathaven_open_streams", "Open event streams of this process")


@get("/health/live", opt=may(PUBLIC), include_in_schema=False)
async def get_live() -> dict[str, str]:
    """Answers while the process runs."""
    return {"status": "live"}


@get("/health/ready", opt=may(PUBLIC), include_in_schema=False)
async def get_ready(ground: Ground) -> dict[str, str]:
    """Answers 200 when requests are served, 503 while the database is away or on the way out."""
    if ground.hub.draining or not await ground.database.ready():
        raise Unavailable(retry_after=1)
    return {"status": "ready"}


@get("/metrics", opt=may(PUBLIC), include_in_schema=False)
async def get_metrics(ground: Ground, address: str) -> Response[bytes]:
    """Numbers for Prometheus, to this machine and the networks that are allowed."""
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        raise NotFound() from None
    allowed = caller.is_loopback or any(caller in network for network in ground.settings.metrics)
    if not allowed:
        raise NotFound()
    STREAMS.set(len(ground.hub))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


HEALTH = (get_live, get_ready, get_metrics)
