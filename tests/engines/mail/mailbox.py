"""As much of an SMTP server (RFC 5321) as one letter takes, with or without encryption."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class Mailbox:
    """Takes letters. With `tls` it offers STARTTLS, and `encrypted` says how each letter came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.letters: list[bytes] = []
        self.encrypted: list[bool] = []
        self.commands: list[str] = []
        self.refuses = False
        self.port = 0
        self._tls = tls

    @property
    def url(self) -> str:
        """What CHATHAVEN_SMTP_URL takes."""
        return f"smtp://{HOST}:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection, line by line."""
        writer.write(b"220 mailbox\r\n")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            self.commands.append(line)
            word = line.split()[0].upper()
            if word == "EHLO":
                offered = b"250-STARTTLS\r\n" if self._tls else b""
                writer.write(b"250-mailbox\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n" + offered)
                writer.write(b"250 SMTPUTF8\r\n")
            elif word == "STARTTLS" and self._tls:
                writer.write(b"220 go on\r\n")
                await writer.drain()
                try:
                    await writer.start_tls(self._tls)
                except OSError:
                    break  # The other end does not believe the certificate.
            elif word == "AUTH":
                writer.write(b"235 welcome\r\n")
            elif word == "RCPT" and self.refuses:
                writer.write(b"550 nobody of that name here\r\n")
            elif word == "DATA":
                writer.write(b"354 go on\r\n")
                raw = await reader.readuntil(b"\r\n.\r\n")
                self.letters.append(raw.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."))
                self.encrypted.append(writer.get_extra_info("sslcontext") is not None)
                writer.write(b"250 taken\r\n")
            elif word == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 well\r\n")
            await writer.drain()
        writer.close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Makes a certificate for the loopback address that vouches for itself.

    Returns its file, for those who are to believe it, and what a server shows.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
    )
    shown = folder / "mailbox.pem"
    shown.write_bytes(made.public_bytes(Encoding.PEM))
    held = folder / "mailbox.key"
    held.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown, held)
    return shown, context
