"""The legal documents of this installation: made at start, numbered by what they say.

Terms and privacy policy may be replaced by Markdown files in DATA/legal. Every version that was
ever shown stays in the database.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chathaven.base.clock import now
from chathaven.base.errors import NotFound
from chathaven.base.settings import SettingError, Settings
from chathaven.engines.database.transaction import Transaction
from chathaven.engines.vault.canonical import canonical
from chathaven.engines.vault.signing import Signing
from chathaven.product.accounts.legal import HostContact, Involved, Terms, TermsInForce
from chathaven.product.legal.installation import Installation
from chathaven.product.legal.kept import kept
from chathaven.product.legal.measures import measures
from chathaven.product.legal.model import LegalText

LANGUAGES = ("en", "de")
_VERSION_DIGITS = 12
_LARGEST = 200_000
_SOMEBODY = {
    "en": "The operator of this installation",
    "de": "Die betreibende Stelle dieser Installation",
}
_templates = Environment(
    loader=PackageLoader("chathaven.product.legal", "texts"),
    # Markdown and no HTML: it is escaped where it is shown.
    autoescape=False,  # noqa: S701  Markdown, made safe when it becomes HTML
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


class Kind(StrEnum):
    """Which document."""

    TERMS = "terms"
    PRIVACY = "privacy"
    DPA = "dpa"


class Document(msgspec.Struct, frozen=True):
    """One document in one language. All languages of a version say the same."""

    kind: Kind
    language: str
    version: str
    sha256: str
    text: str


class Agreement(msgspec.Struct, frozen=True):
    """The parts of the data processing agreement, which together are the document."""

    body: str
    annexes: str


class Documents:
    """All documents of this installation."""

    def __init__(self, settings: Settings, installation: Installation, signing: Signing) -> None:
        self.installation = installation
        self._settings = settings
        self._signing = signing
        self.agreements = {language: self._agreement(language) for language in LANGUAGES}
        dpa = {lang: f"{parts.body}\n{parts.annexes}" for lang, parts in self.agreements.items()}
        self._documents = {
            Kind.TERMS: _numbered(Kind.TERMS, self._texts(Kind.TERMS)),
            Kind.PRIVACY: _numbered(Kind.PRIVACY, self._texts(Kind.PRIVACY)),
            Kind.DPA: _numbered(Kind.DPA, dpa),
        }

    def of(self, kind: Kind, language: str) -> Document:
        """Returns a document in a language, or in the first that it is written in."""
        found = self._documents[kind]
        return found.get(language) or next(iter(found.values()))

    @property
    def terms(self) -> TermsInForce:
        """The terms, as the slices below know them."""
        found = self._documents[Kind.TERMS]
        texts = {
            lang: Terms(each.version, each.sha256, each.text, lang) for lang, each in found.items()
        }
        whole = canonical({lang: each.text for lang, each in found.items()})
        version = next(iter(found.values())).version
        return TermsInForce(version, hashlib.sha256(whole).hexdigest(), texts)

    @property
    def contact(self) -> HostContact:
        """Who runs the installation, as the slices below know them."""
        here = self.installation
        fields = Involved.__struct_fields__
        involved = tuple(
            Involved(**{name: getattr(each, name) for name in fields})
            for each in here.subprocessors
        )
        return HostContact(here.email, here.company, involved)

    async def remember(self, tx: Transaction) -> None:
        """Keeps every document as it is now; what was kept before stays as it was."""
        for document in (each for found in self._documents.values() for each in found.values()):
            values = msgspec.to_builtins(document) | {"first_shown_at": now()}
            await tx.run(insert(LegalText).values(values).on_conflict_do_nothing())

    def _texts(self, kind: Kind) -> dict[str, str]:
        own = _own_texts(self._settings.data / "legal", kind)
        return own or {language: self._made(kind, language) for language in LANGUAGES}

    def _agreement(self, language: str) -> Agreement:
        return Agreement(self._made(Kind.DPA, language), self._made("annexes", language))

    def _made(self, name: str, language: str) -> str:
        template = _templates.get_template(f"{name}.{language}.md")
        return template.render(self._said(language)).strip() + "\n"

    def _said(self, language: str) -> dict[str, Any]:
        here = self.installation
        officer = here.data_protection_officer
        key = next(k for k in self._signing.public.keys if k.key_id == self._signing.key_id)
        return {
            "who": here.company or _SOMEBODY[language],
            "address": here.address,
            "email": here.email,
            "officer": f"{officer.name}, {officer.email}" if officer else None,
            "location": here.location,
            "law": here.law,
            "hosting": here.hosting,
            "subprocessors": here.subprocessors,
            "mail": "smtp" if self._settings.smtp_url else "outbox",
            "rows": kept(language),
            "measures": measures(self._settings, language),
            "key_id": key.key_id,
            "key_alg": key.alg,
            "key_value": key.value,
        }


async def versions(tx: Transaction, kind: Kind, language: str) -> list[LegalText]:
    """Returns every version of a document that was ever shown, the newest first."""
    return await tx.all(
        select(LegalText)
        .where(LegalText.kind == kind, LegalText.language == language)
        .order_by(LegalText.first_shown_at.desc(), LegalText.version)
    )


async def read_version(tx: Transaction, kind: Kind, language: str, version: str) -> LegalText:
    """Returns one version of a document.

    Raises:
        NotFound: it was never shown in this language.
    """
    found = await tx.one(
        select(LegalText).where(
            LegalText.kind == kind, LegalText.language == language, LegalText.version == version
        )
    )
    if found is None:
        raise NotFound()
    return found


def _numbered(kind: Kind, texts: dict[str, str]) -> dict[str, Document]:
    version = hashlib.sha256(canonical(texts)).hexdigest()[:_VERSION_DIGITS]
    return {
        language: Document(kind, language, version, hashlib.sha256(text.encode()).hexdigest(), text)
        for language, text in texts.items()
    }


def _own_texts(folder: Path, kind: Kind) -> dict[str, str]:
    """Returns the texts that the installation's operator wrote; with one, ours are not shown."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        path = folder / f"{kind}.{language}.md"
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            raise SettingError(f"{path} cannot be read: it takes Markdown in UTF-8") from None
        if not text.strip() or len(text) > _LARGEST:
            raise SettingError(f"{path} takes a text of at most {_LARGEST} characters")
        found[language] = text.strip() + "\n"
    return found
