"""What `doctor` looks at in the mail: a talk with the server as a letter begins one, and no letter."""

from __future__ import annotations

import smtplib
import ssl

from chathaven.base.settings import Settings
from chathaven.base.smtp import Tls, host_and_port, is_encrypted_from_the_start
from chathaven.entry.cli.finding import Finding

_NAME = "Mail"
_PATIENCE = 3.0


def mail(settings: Settings) -> Finding:
    """Whether the mail server can be reached, and whether letters are encrypted on the way there."""
    if settings.smtp_url is None:
        return Finding(True, _NAME, f"is written to {settings.data / 'outbox'}")
    host, port = host_and_port(settings.smtp_url)
    try:
        return _talk(settings.smtp_url, settings.smtp_tls)
    except ssl.SSLCertVerificationError as error:
        fault = f"{host}:{port} shows a certificate that does not hold: {error.verify_message}"
        return Finding(
            False, _NAME, fault, "Let it show one for that name, or see CHATHAVEN_SMTP_TLS"
        )
    except ssl.SSLError:
        fault = f"{host}:{port} does not speak TLS as it should"
        return Finding(False, _NAME, fault, "smtps:// is for port 465, smtp:// for 587 and 25")
    except (OSError, smtplib.SMTPException):
        return Finding(False, _NAME, f"{host}:{port} does not answer", "Look at CHATHAVEN_SMTP_URL")


def _talk(url: str, tls: Tls) -> Finding:
    host, port = host_and_port(url)
    if is_encrypted_from_the_start(url):
        context = ssl.create_default_context()
        with smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=context):
            return Finding(True, _NAME, f"{host}:{port} answers; encrypted from the start")
    with smtplib.SMTP(host, port, timeout=_PATIENCE) as server:
        server.ehlo()
        offers = server.has_extn("starttls")
        if tls is Tls.NONE:
            text = f"{host}:{port} answers; letters go there unencrypted (CHATHAVEN_SMTP_TLS=none)"
            return Finding(True, _NAME, text)
        if offers:
            server.starttls(context=ssl.create_default_context())
            text = f"{host}:{port} answers; encrypted (STARTTLS, {tls})"
            return Finding(True, _NAME, text)
        return Finding(
            tls is Tls.OFFERED,
            _NAME,
            f"{host}:{port} offers no TLS, and letters go there unencrypted"
            if tls is Tls.OFFERED
            else f"{host}:{port} offers no TLS, and no letter goes out without (CHATHAVEN_SMTP_TLS)",
            "Let it offer STARTTLS; docs/self-hosting/settings.md says what else there is",
        )
