"""The terms that are accepted at sign-up, by version, and who runs the installation.

A slice above says what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec


class Terms(msgspec.Struct, frozen=True):
    """One version of the terms in one language. `sha256` is that of the text."""

    version: str
    sha256: str
    text: str
    language: str


class TermsDue(msgspec.Struct, frozen=True):
    """Terms that hold now and that the account has not accepted yet."""

    version: str
    accepted_version: str


class Involved(msgspec.Struct, frozen=True):
    """A company that takes part in running this installation, as its register has it."""

    name: str
    purpose: str
    location: str
    data_categories: tuple[str, ...]
    effective_from: date


class HostContact(msgspec.Struct, frozen=True):
    """Who runs this installation and where they can be written to, as far as they say so."""

    email: str | None
    company: str | None = None
    involved: tuple[Involved, ...] = ()


class TermsInForce:
    """The terms of this installation; said once, at start. All languages are one version."""

    def __init__(self, version: str, sha256: str, texts: Mapping[str, Terms]) -> None:
        self.version = version
        self.sha256 = sha256
        self._texts = texts

    def in_language(self, language: str) -> Terms:
        """Returns the terms in a language, or in the first that they are written in."""
        return self._texts.get(language) or next(iter(self._texts.values()))

    def due(self, accepted_version: str) -> TermsDue | None:
        """Returns what is to be accepted by an account that accepted a version, if anything."""
        if accepted_version == self.version:
            return None
        return TermsDue(self.version, accepted_version)
