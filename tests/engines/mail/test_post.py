"""Letters: into the outbox, or to a real SMTP server on the loopback address."""

from __future__ import annotations

import email
import stat
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from chathaven.base.smtp import Tls
from chathaven.engines.mail import post as module
from chathaven.engines.mail.post import NotSent, Post
from tests.engines.mail.mailbox import Mailbox

SENDER = "Chathaven <chat@example.com>"


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def letters(outbox: Path) -> list[Path]:
    return sorted(outbox.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_letter_is_on_disk_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[str] = []
    monkeypatch.setattr(module, "sync", lambda path: on_disk.append(path.suffix))
    post = Post(None, tmp_path, SENDER)
    await post.send("ada@example.com", "One", "One")
    assert on_disk == [".draft", ""], "the letter, and its name"

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "sync", full)
    with pytest.raises(OSError, match="space"):
        await post.send("ada@example.com", "Two", "Two")
    assert [path.suffix for path in letters(tmp_path)] == [".eml"], "and no half letter"


async def test_a_letter_lies_in_the_outbox(tmp_path: Path) -> None:
    outbox = tmp_path / "data" / "outbox"
    post = Post(None, outbox, SENDER)
    assert post.kind == "outbox"
    words = (
        "Grüße 👋\nمرحبا\n.\nFrom here on: https://chat.example.com/join#chi_x\n" + "long " * 400
    )
    await post.send("ada@example.com", "Grüße, Ada — 👋", words)
    (path,) = letters(outbox)
    assert path.suffix == ".eml"
    assert mode(path) == 0o600
    assert mode(outbox) == 0o700
    letter = read(path.read_bytes())
    assert letter["To"] == "ada@example.com"
    assert letter["From"] == SENDER
    assert letter["Subject"] == "Grüße, Ada — 👋"
    assert letter["Date"].datetime.tzinfo is not None
    assert letter["Message-ID"].endswith("@example.com>")
    assert text_of(letter).rstrip("\n") == words.rstrip("\n")


async def test_letters_keep_their_order_and_none_is_half_written(tmp_path: Path) -> None:
    post = Post(None, tmp_path, SENDER)
    for number in range(20):
        await post.send("ada@example.com", f"Letter {number}", "Hello")
    subjects = [read(path.read_bytes())["Subject"] for path in letters(tmp_path)]
    assert subjects == [f"Letter {number}" for number in range(20)]
    assert {path.suffix for path in letters(tmp_path)} == {".eml"}


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("ada@example.com\r\nBcc: eve@example.com", "Hello"),
        ("ada@example.com\nBcc: eve@example.com", "Hello"),
        ("ada@example.com", "Hello\r\nBcc: eve@example.com"),
        ("ada@example.com, eve@example.com", "Hello"),
        ("Ada <ada@example.com>, eve@example.com", "Hello"),
    ],
)
async def test_nobody_else_is_smuggled_in(tmp_path: Path, to: str, subject: str) -> None:
    post = Post(None, tmp_path, SENDER)
    with pytest.raises(NotSent, match=r"one plain address|ValueError") as caught:
        await post.send(to, subject, "Hello")
    assert "example.com" not in str(caught.value)
    assert letters(tmp_path) == []


@pytest.mark.parametrize(
    ("to", "written"),
    [
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("o'neil+x@example.com", "o'neil+x@example.com"),
        # No line of a header is long enough for this one.
        (f"{'long' * 15}@bücher.example", f"{'long' * 15}@xn--bcher-kva.example"),
        # DNS has no spelling for it.
        ("ada@b_ücher.example", "ada@b_ücher.example"),
    ],
)
async def test_addresses_of_the_whole_world_are_written_to(
    mailbox: Mailbox, tmp_path: Path, to: str, written: str
) -> None:
    await Post(None, tmp_path, SENDER).send(to, "Grüße", "Hello")
    (kept,) = letters(tmp_path)
    await Post(mailbox.url, tmp_path, SENDER, Tls.OFFERED).send(to, "Grüße", "Hello")
    (sent,) = mailbox.letters
    for raw in (kept.read_bytes(), sent):
        lines = raw.decode().splitlines()
        assert f"To: {written}" in lines, "as it is, and in one line"
        assert read(raw)["Subject"] == "Grüße"
    (receiver,) = (c for c in mailbox.commands if c.startswith("RCPT"))
    assert receiver == f"RCPT TO:<{written}>"
    for_all = any("SMTPUTF8" in command for command in mailbox.commands)
    assert for_all == (not written.isascii()), "asked of a mail server only where it must be"


async def test_it_writes_from_a_domain_of_the_whole_world(mailbox: Mailbox, tmp_path: Path) -> None:
    post = Post(mailbox.url, tmp_path, "chathaven@bücher.example", Tls.OFFERED)
    assert post.domain == "xn--bcher-kva.example"
    await post.send("ada@example.com", "Hello", "Hello")
    (sent,) = mailbox.letters
    assert b"From: chathaven@xn--bcher-kva.example\r\n" in sent
    assert not any("SMTPUTF8" in command for command in mailbox.commands)


async def test_a_letter_is_sent_by_smtp(mailbox: Mailbox, tmp_path: Path) -> None:
    url = f"smtp://post%40x:p%3Ass@127.0.0.1:{mailbox.port}"
    post = Post(url, tmp_path / "outbox", SENDER, Tls.OFFERED)
    assert post.kind == "smtp"
    words = "Grüße\n.\n..two dots\n"
    await post.send("ada@example.com", "Grüße", words)
    letter = read(mailbox.letters[0])
    assert (letter["To"], letter["Subject"]) == ("ada@example.com", "Grüße")
    assert text_of(letter) == words
    assert any(command.startswith("AUTH PLAIN AHBvc3RAeABwOnNz") for command in mailbox.commands)
    assert [c for c in mailbox.commands if c.startswith("RCPT")] == ["RCPT TO:<ada@example.com>"]
    assert not (tmp_path / "outbox").exists()


async def test_a_refused_letter_says_so(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.refuses = True
    post = Post(mailbox.url, tmp_path, SENDER, Tls.OFFERED)
    with pytest.raises(NotSent, match=r"^SMTP\w+$"):
        await post.send("nobody@example.com", "Hello", "Hello")
    assert mailbox.letters == []


async def test_a_server_that_is_away_says_so(mailbox: Mailbox, tmp_path: Path) -> None:
    post = Post("smtp://127.0.0.1:1", tmp_path, SENDER)
    with pytest.raises((NotSent, OSError)):
        await post.send("ada@example.com", "Hello", "Hello")
