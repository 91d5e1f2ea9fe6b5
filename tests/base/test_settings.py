"""Settings: what they take, and what they say when they cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chathaven.base.settings import SETTINGS, SettingError, Settings

PAGE = Path(__file__).parents[2] / "docs" / "self-hosting" / "settings.md"


def read(**environ: str) -> Settings:
    return Settings.from_env(
        {f"CHATHAVEN_{name}": value for name, value in environ.items()}, data=Path("/srv/chat")
    )


def test_without_any() -> None:
    settings = read()
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.keyring == Path("/srv/chat/keyring.json")
    assert settings.database_url is None
    assert settings.rate_limits
    assert settings.is_loopback


def test_data_from_the_command_line_goes_first() -> None:
    environ = {"CHATHAVEN_DATA": "/srv/other"}
    assert Settings.from_env(environ).data == Path("/srv/other")
    assert Settings.from_env(environ, data=Path("/srv/chat")).data == Path("/srv/chat")


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("0.0.0.0", 80, "http://127.0.0.1:80"),
        ("::", 8000, "http://[::1]:8000"),
        ("192.0.2.7", 8000, "http://192.0.2.7:8000"),
        ("2001:db8::7", 8000, "http://[2001:db8::7]:8000"),
    ],
)
def test_own_address(host: str, port: int, address: str) -> None:
    assert Settings.from_env({}, host=host, port=port).public_url == address


GOOD = [
    ("DATABASE_URL", "postgresql://app:secret@db.example.com/chathaven"),
    ("DATABASE_URL", "postgres://app@/chathaven?host=/run/postgresql"),
    ("REDIS_URL", "redis://127.0.0.1:6379/0"),
    ("REDIS_URL", "unix:///run/valkey.sock"),
    ("FILES_URL", "s3://bucket/folder"),
    ("FILES_URL", "file:///srv/files"),
    ("SMTP_URL", "smtps://user:secret@mail.example.com:465"),
    ("PUBLIC_URL", "https://chat.example.com/"),
    ("PASSWORD_MEMORY", "19"),
    ("LOG", "debug"),
    ("RATE_LIMITS", "off"),
    ("METRICS", "10.0.0.0/8, 192.0.2.7,2001:db8::/32"),
    ("PROXIES", "10.0.0.5"),
    ("DATABASE_OS_USER", "postgres"),
]
BAD = [
    ("DATABASE_URL", "mysql://db.example.com/chathaven"),
    ("DATABASE_URL", "postgresql://db.example.com"),
    ("DATABASE_URL", "postgresql://db.example.com:port/chathaven"),
    ("DATABASE_OWNER_URL", "nonsense"),
    ("DATABASE_OS_USER", "root"),
    ("DATABASE_OS_USER", "two words"),
    ("REDIS_URL", "http://127.0.0.1"),
    ("REDIS_URL", "redis:"),
    ("FILES_URL", "ftp://example.com"),
    ("FILES_URL", "file://srv/files"),
    ("FILES_URL", "file:files"),
    ("SMTP_URL", "mail.example.com"),
    ("SMTP_TLS", "yes"),
    ("PUBLIC_URL", "chat.example.com"),
    ("PUBLIC_URL", "https://chat.example.com/chat"),
    ("PUBLIC_URL", "https://user:secret@chat.example.com"),
    ("PUBLIC_URL", "https://chat.example.com?x=1"),
    ("PUBLIC_URL", "https://chat.example.com:99999"),
    ("PASSWORD_MEMORY", "18"),
    ("PASSWORD_MEMORY", "64 MB"),
    ("LOG", "loud"),
    ("RATE_LIMITS", "yes"),
    ("METRICS", "example.com"),
    ("PROXIES", "10.0.0.0/33"),
    ("KEYRING", "/srv/chat/postgres/keyring.json"),
    ("KEYRING", "/srv/chat/files/../postgres/keyring.json"),
    ("KEYRING", "~nobody-has-this-name/keyring.json"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_taken(name: str, value: str) -> None:
    read(**{name: value})


@pytest.mark.parametrize(("name", "value"), BAD)
def test_refused_in_one_line_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(**{name: value})
    text = str(caught.value)
    assert text.startswith(f"CHATHAVEN_{name} takes ")
    assert "\n" not in text
    assert "secret" not in text


@given(name=st.sampled_from([s.name for s in SETTINGS]), value=st.text(max_size=60))
def test_any_text_is_taken_or_refused(name: str, value: str) -> None:
    said = name
    try:
        Settings.from_env({name: value})
    except SettingError as error:
        said = str(error)
    assert name in said
    assert "\n" not in said


def test_a_home_that_is_nobodys_is_no_folder() -> None:
    with pytest.raises(SettingError, match="CHATHAVEN_DATA takes a folder"):
        Settings.from_env({"CHATHAVEN_DATA": "~nobody-has-this-name/data"})


def test_no_limits_for_loopback_only() -> None:
    with pytest.raises(SettingError, match=r"CHATHAVEN_RATE_LIMITS=off is refused"):
        read(RATE_LIMITS="off", PUBLIC_URL="https://chat.example.com")
    assert not read(RATE_LIMITS="off", PUBLIC_URL="http://localhost:9000").rate_limits


@pytest.mark.parametrize(
    ("url", "tls"),
    [
        ("smtp://mail.example.com", "required"),
        ("smtp://user:secret@mail.example.com:25", "required"),
        ("smtps://mail.example.com", "required"),
        ("smtps://localhost:465", "required"),
        ("smtp://localhost:25", "offered"),
        ("smtp://user:secret@127.0.0.1:25", "offered"),
    ],
)
def test_letters_are_encrypted_unless_somebody_says_otherwise(url: str, tls: str) -> None:
    assert read(SMTP_URL=url).smtp_tls == tls
    assert read(SMTP_URL=url, SMTP_TLS="required").smtp_tls == "required"


@pytest.mark.parametrize("tls", ["offered", "none"])
def test_no_password_crosses_a_network_in_the_open(tls: str) -> None:
    assert read(SMTP_URL="smtp://relay.example.com:25", SMTP_TLS=tls).smtp_tls == tls
    assert read(SMTP_URL="smtp://user:secret@localhost", SMTP_TLS=tls).smtp_tls == tls
    with pytest.raises(SettingError, match="password of CHATHAVEN_SMTP_URL") as caught:
        read(SMTP_URL="smtp://user:secret@mail.example.com", SMTP_TLS=tls)
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingError, match="always encrypted"):
        read(SMTP_URL="smtps://mail.example.com", SMTP_TLS=tls)


def test_an_owner_needs_an_application() -> None:
    with pytest.raises(SettingError, match="needs CHATHAVEN_DATABASE_URL"):
        read(DATABASE_OWNER_URL="postgresql://owner@db/chathaven")


def test_passwords_are_not_shown() -> None:
    settings = read(
        DATABASE_URL="postgresql://app:secret@db/chathaven",
        REDIS_URL="redis://:secret@redis",
        SMTP_URL="smtp://user:secret@mail",
    )
    assert "secret" not in repr(settings)


def test_the_page_lists_what_the_code_reads() -> None:
    rows = re.findall(r"^\| `(CHATHAVEN_\w+)` \| (.+?) \|", PAGE.read_text(), re.MULTILINE)
    assert rows == [(setting.name, setting.takes) for setting in SETTINGS]
