"""Who runs this installation, in DATA/installation.json: read at start, written by hand.

A file and not environment variables, for a register of companies has no place in a variable.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chathaven.base.errors import Invalid
from chathaven.base.fields import email_address
from chathaven.base.reasons import Reason
from chathaven.base.settings import SettingError
from chathaven.engines.web.plain_words import field_error
from chathaven.product.accounts.features import Feature

FILE_NAME = "installation.json"
Line = Annotated[str, Meta(min_length=1, max_length=400)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]


class Contact(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A person or desk that can be written to."""

    name: Line
    email: Line


class Signatory(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who declares for the processor."""

    name: Line
    title: Line


class Subprocessor(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A company that takes part in the processing (GDPR Art. 28(2), (4)).

    `transfer_tool` names the ground of a transfer outside the EEA (Chapter V), None inside it.
    `feature` names what it is for, where that can be switched off for an account that objects.
    """

    id: Slug
    name: Line
    address: Line
    contact: Line
    location: Line
    purpose: Line
    data_categories: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=20)]
    effective_from: dt.date
    transfer_tool: Line | None = None
    # Where it is not said it is not there, so that no entry of before reads as a changed one.
    feature: Feature | UnsetType = UNSET


class Installation(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who runs this installation, and for whom.

    `hosting` is `self` where the company that uses it runs it, `others` where it is run for other
    companies: then these sign a data processing agreement. `support_site_key` names a site of
    this installation whose chat is offered on the legal pages. `law` is the country whose law
    the terms name.
    """

    hosting: Literal["self", "others"] = "self"
    company: Line | None = None
    address: Line | None = None
    email: Line | None = None
    data_protection_officer: Contact | None = None
    location: Line | None = None
    law: Line | None = None
    signatory: Signatory | None = None
    support_site_key: Annotated[str, Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")] | None = None
    subprocessors: Annotated[tuple[Subprocessor, ...], Meta(max_length=200)] = ()


def read(folder: Path) -> Installation:
    """Reads the file of a data folder; where there is none, the company is its own host.

    Raises:
        SettingError: it is not JSON, or a field holds what it cannot take; one line that says
            which.
    """
    path = folder / FILE_NAME
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Installation)
        _check(found)
    except FileNotFoundError:
        return Installation()
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}") from None
    except msgspec.ValidationError as error:
        wrong = field_error(str(error))
        raise SettingError(f"{path}: {wrong.field} {wrong.message}") from None
    except msgspec.MsgspecError:
        raise SettingError(f"{path} is not JSON: compare it with the example in the docs") from None
    except Invalid as fault:
        raise SettingError(f"{path}: {fault.errors[0].field} {fault.errors[0].message}") from None
    return found


def _check(found: Installation) -> None:
    needed = ("company", "address", "email", "location", "signatory")
    if found.hosting == "others":
        for name in needed:
            if getattr(found, name) is None:
                raise Invalid.field(name, Reason.NEEDED_FOR_OTHERS)
    if found.email is not None:
        email_address("email", found.email)
    if found.data_protection_officer is not None:
        email_address("data_protection_officer.email", found.data_protection_officer.email)
    ids = [each.id for each in found.subprocessors]
    if len(set(ids)) != len(ids):
        raise Invalid.field("subprocessors", Reason.IDS_ONCE)
