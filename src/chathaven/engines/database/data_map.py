"""What may be said of a column, and the rule that something must be said.

Every column declares whether it holds personal data, whose, for what purpose, on which legal
basis (GDPR Art. 6(1)), for how long, and how it is treated. A table gives what its columns have
in common (`Holding`); a column says the rest. A column that says nothing stops the start.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Category(StrEnum):
    """What kind of thing a column holds."""

    IDENTIFIER = "identifier"
    TIME = "time"
    COUNTER = "counter"
    STATE = "state"
    CONFIGURATION = "configuration"
    CONTENT = "content"
    IDENTITY = "identity"
    TECHNICAL = "technical"
    CREDENTIAL = "credential"
    KEY = "key"


class Whose(StrEnum):
    """The person a row is about."""

    NOBODY = "nobody"
    VISITOR = "visitor"
    OPERATOR = "operator"
    ACCOUNT = "account"


class Purpose(StrEnum):
    """What it is kept for."""

    ANSWERING = "answering the chat"
    OPERATING = "running the account"
    SECURITY = "keeping the system secure"
    ACCOUNTABILITY = "showing that the rules were kept"


class Basis(StrEnum):
    """The legal basis, by its place in GDPR Art. 6(1)."""

    CONSENT = "Art. 6(1)(a) consent"
    CONTRACT = "Art. 6(1)(b) contract"
    LEGAL_DUTY = "Art. 6(1)(c) legal duty"
    LEGITIMATE_INTEREST = "Art. 6(1)(f) legitimate interest"
    NOT_PERSONAL = "no personal data"


class Retention(StrEnum):
    """How long it stays: the retention classes."""

    VISIT = "R1 anonymous visit"
    CONVERSATION = "R2 conversation"
    PROFILE = "R3 contact profile"
    CONSENT = "R4 consent proof"
    SECURITY = "R5 security log"
    AUDIT = "R6 audit log"
    QUEUE = "R7 delivery and queue"
    EXPORT = "R8 exports"
    LETTERS = "R11 letters in the folder"
    ACCOUNT = "as long as the account"


class Treatment(StrEnum):
    """How it stands in the database."""

    OPEN = "open"
    SEALED = "sealed"
    INDEXED = "indexed"
    SECRET = "secret"


PERSONAL = frozenset({Category.CONTENT, Category.IDENTITY, Category.TECHNICAL})


class Holding(msgspec.Struct, frozen=True):
    """What the columns of one table have in common.

    `person` names the column that holds the id of the person whose key seals the row; None
    where no column is sealed. `since` names the column with the time from which the time of the
    table's class counts, row by row; None where rows go with what they belong to.
    """

    whose: Whose
    purpose: Purpose
    basis: Basis
    retention: Retention
    person: str | None = None
    since: str | None = None


class Declared(msgspec.Struct, frozen=True):
    """What one column says; None means: as its table says."""

    category: Category
    treatment: Treatment
    purpose: Purpose | None = None
    basis: Basis | None = None
    retention: Retention | None = None
    index_of: str | None = None
    export: bool = True


class Entry(msgspec.Struct, frozen=True):
    """One column of the map, complete."""

    table: str
    column: str
    category: Category
    whose: Whose
    purpose: Purpose
    basis: Basis
    retention: Retention
    treatment: Treatment
    person: str | None
    export: bool


class Undeclared(TypeError):
    """A column, table, job argument or event field does not say what it holds."""


def entry(table: str, column: str, holding: Holding, declared: Declared) -> Entry:
    """Returns the complete entry of one column.

    Raises:
        Undeclared: personal data that is neither sealed nor indexed, or a sealed column in a
            table that does not say whose key seals it.
    """
    name = f"{table}.{column}"
    if declared.category in PERSONAL and declared.treatment is Treatment.OPEN:
        raise Undeclared(f"{name} holds personal data ({declared.category}) and is not sealed.")
    if declared.treatment is Treatment.SEALED and holding.person is None:
        raise Undeclared(f"{name} is sealed, but its table names no person.")
    return Entry(
        table=table,
        column=column,
        category=declared.category,
        whose=holding.whose,
        purpose=declared.purpose or holding.purpose,
        basis=declared.basis or holding.basis,
        retention=declared.retention or holding.retention,
        treatment=declared.treatment,
        person=holding.person,
        export=declared.export,
    )


def declared(info: dict[Any, Any], name: str) -> Declared:
    """Returns what a column says of itself.

    Raises:
        Undeclared: it says nothing.
    """
    found = info.get("declared")
    if not isinstance(found, Declared):
        raise Undeclared(f"{name} does not declare what it holds; see engines/database/columns.py.")
    return found
