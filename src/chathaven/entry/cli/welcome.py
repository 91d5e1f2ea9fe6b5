"""What `serve` says when it is ready."""

from __future__ import annotations

from chathaven.base.settings import Settings


def welcome(settings: Settings, host: str, port: int, embedded: bool) -> str:
    """Returns the text: where to click first, then what a person running it should know."""
    rows = [("Open", settings.public_url)]
    listening = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if listening != settings.public_url:
        rows.append(("Listening on", listening))
    rows.append(("Data", str(settings.data)))
    rows.append(("Database", "PostgreSQL, embedded" if embedded else "PostgreSQL, as given"))
    if settings.smtp_url is None:
        rows.append(("Mail", f"written to {settings.data / 'outbox'} (set CHATHAVEN_SMTP_URL)"))
    lines = ["", "  Chathaven is ready.", ""]
    lines += [f"    {label:<14}{text}" for label, text in rows]
    if not settings.rate_limits:
        lines += ["", "  !! RATE LIMITS ARE OFF (CHATHAVEN_RATE_LIMITS=off). For benchmarks only."]
    lines += ["", "  Press Ctrl+C to stop.", ""]
    return "\n".join(lines)
