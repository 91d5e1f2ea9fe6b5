"""Whether it lives, whether it is ready, and how it fares."""

from __future__ import annotations

import ipaddress
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from chathaven.base.errors import NotFound, Unavailable
from chathaven.engines.ground import Ground
from chathaven.product.access.gate import PUBLIC, may

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
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
async def get_metrics(ground: Ground, request: Request[Any, Any, Any]) -> Response[bytes]:
    """Numbers for Prometheus, to this machine and the networks that are allowed."""
    try:
        caller = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        raise NotFound() from None
    # A proxy on this machine that is not named in CHATHAVEN_PROXIES makes everybody come from here.
    is_here = caller.is_loopback and not any(each in request.headers for each in _FORWARDED)
    if not is_here and not any(caller in network for network in ground.settings.metrics):
        raise NotFound()
    STREAMS.set(len(ground.hub))
    # Of a media type that is text the framework would say the charset again.
    return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})


HEALTH = (get_live, get_ready, get_metrics)
