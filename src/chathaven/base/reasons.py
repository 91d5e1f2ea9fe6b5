"""Why a field is not taken: a stable word for programs, and from it one English sentence.

The word and its parameters are part of the interface; whoever has readers of another language says
it in that language, as the operators' app does (`wrong.REASON` in its catalogues). The sentence
says what a field takes, and stands behind the name of the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

Param = str | int | float | Sequence[str]
"""What a sentence takes in: a bound, a word that was found or expected, or several."""


class Reason(StrEnum):
    """Why a field is not taken."""

    MISSING = "missing"
    BLANK = "blank"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    TOO_HIGH = "too_high"
    TOO_LOW = "too_low"
    ONE_LINE = "one_line"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    NOT_LISTED = "not_listed"
    EMAIL = "email"
    PHONE = "phone"
    COLOR = "color"
    ORIGIN = "origin"
    TEXT_IN_A_LANGUAGE = "text_in_a_language"
    CURRENT_PASSWORD = "current_password"

    TIME = "time"
    TIME_WITH_ZONE = "time_with_zone"
    NOT_IN_FUTURE = "not_in_future"
    NOT_IN_PAST = "not_in_past"
    WITHIN_YEARS = "within_years"
    WITHIN_MONTHS = "within_months"
    AFTER_BEGIN = "after_begin"
    AFTER_AWARE = "after_aware"

    FILE_NAME_MISSING = "file_name_missing"
    FILE_NAME_TOO_LONG = "file_name_too_long"
    FILE_EMPTY = "file_empty"

    NOT_THERE = "not_there"
    ANOTHER = "another"
    ONLY_FOR_DUPLICATES = "only_for_duplicates"

    CAUSE_OF_CHANGE = "cause_of_change"
    NOT_ASKED = "not_asked"
    ANSWER_WITH_EMAIL = "answer_with_email"
    DISPUTE = "dispute"
    ONE_OF_BOTH = "one_of_both"

    CAUSE_OF_DELAY = "cause_of_delay"
    LETTER_UNFINISHED = "letter_unfinished"
    WHO_ASKS = "who_asks"
    HOW_KNOWN = "how_known"
    ADDRESS_FIRST = "address_first"
    ONLY_UNIDENTIFIED = "only_unidentified"
    CORRECTION = "correction"
    CAUSE_NOT_TOLD = "cause_not_told"
    LINK_MISSING = "link_missing"
    LINK_REFUSED = "link_refused"

    # What a person at a form does not bring about, but a program does, or a file on the server.
    NOT_KNOWN = "not_known"
    WRONG_TYPE = "wrong_type"
    FORM = "form"
    UUID = "uuid"
    NO_NUL = "no_nul"
    ID_BEFORE_FILE = "id_before_file"
    CURSOR = "cursor"
    EVENT_ID = "event_id"
    NO_SUCH_VERSION = "no_such_version"
    NEEDED_FOR_OTHERS = "needed_for_others"
    IDS_ONCE = "ids_once"


OF_PROGRAMS = frozenset(
    {
        Reason.NOT_KNOWN,
        Reason.WRONG_TYPE,
        Reason.FORM,
        Reason.UUID,
        Reason.NO_NUL,
        Reason.ID_BEFORE_FILE,
        Reason.CURSOR,
        Reason.EVENT_ID,
        Reason.NO_SUCH_VERSION,
        Reason.NEEDED_FOR_OTHERS,
        Reason.IDS_ONCE,
    }
)
"""Reasons that a form of ours gives no occasion for; the app has one sentence for all of them."""

MESSAGES: Mapping[Reason, str | tuple[str, str]] = {
    Reason.MISSING: "is missing",
    Reason.BLANK: "takes a text that is not blank",
    Reason.TOO_LONG: ("takes at most {max} character", "takes at most {max} characters"),
    Reason.TOO_SHORT: ("takes at least {min} character", "takes at least {min} characters"),
    Reason.TOO_MANY: ("takes at most {max} entry", "takes at most {max} entries"),
    Reason.TOO_FEW: ("takes at least {min} entry", "takes at least {min} entries"),
    Reason.TOO_HIGH: "takes a number of at most {max}",
    Reason.TOO_LOW: "takes a number of at least {min}",
    Reason.ONE_LINE: "takes one line, without control characters",
    Reason.ONE_OF: "takes one of {allowed}",
    Reason.SOME_OF: "takes one or more of {allowed}",
    Reason.NOT_LISTED: "takes one of a fixed list of words",
    Reason.EMAIL: "takes an e-mail address such as name@example.com",
    Reason.PHONE: "takes a phone number: digits, spaces, + ( ) . / -",
    Reason.COLOR: "takes a colour as #rrggbb",
    Reason.ORIGIN: "takes scheme, host and port alone, as https://www.example.com",
    Reason.TEXT_IN_A_LANGUAGE: "takes a text in at least one language",
    Reason.CURRENT_PASSWORD: "is not your password",
    Reason.TIME: "takes a time such as 2026-11-23T14:00:00Z",
    Reason.TIME_WITH_ZONE: "takes a time with its zone, as 2026-05-01T12:00:00Z",
    Reason.NOT_IN_FUTURE: "takes a time that is not in the future",
    Reason.NOT_IN_PAST: "takes a time that is ahead",
    Reason.WITHIN_YEARS: ("takes a time within {max} year", "takes a time within {max} years"),
    Reason.WITHIN_MONTHS: (
        "takes a time to come, at most {max} month away",
        "takes a time to come, at most {max} months away",
    ),
    Reason.AFTER_BEGIN: "takes a time after `since`",
    Reason.AFTER_AWARE: "takes a time after the company became aware",
    Reason.FILE_NAME_MISSING: "takes a file that has a name",
    Reason.FILE_NAME_TOO_LONG: (
        "takes a name of at most {max} character",
        "takes a name of at most {max} characters",
    ),
    Reason.FILE_EMPTY: "is empty",
    Reason.NOT_THERE: "takes the id of one that is there, in this account",
    Reason.ANOTHER: "takes the id of another one",
    Reason.ONLY_FOR_DUPLICATES: "takes another request with {state} only",
    Reason.CAUSE_OF_CHANGE: "takes the reason, with every change of the marketing answer",
    Reason.NOT_ASKED: "takes an answer only while the question is asked",
    Reason.ANSWER_WITH_EMAIL: "takes yes or no, together with the e-mail address",
    Reason.DISPUTE: "takes a few words on the dispute it is for",
    Reason.ONE_OF_BOTH: "takes either an e-mail address or a key, and not both",
    Reason.CAUSE_OF_DELAY: "takes the reasons for the delay (Art. 33(1))",
    Reason.LETTER_UNFINISHED: "takes a letter that is written to its end; {place} still stands in it",
    Reason.WHO_ASKS: "takes who asks: a name, an e-mail address, or a visitor",
    Reason.HOW_KNOWN: "takes how it is known who asks",
    Reason.ADDRESS_FIRST: "takes an address first, to which the link can be sent",
    Reason.ONLY_UNIDENTIFIED: "takes {ground} while nobody is known to ask",
    Reason.CORRECTION: "takes what is to be corrected: name, email or phone",
    Reason.CAUSE_NOT_TOLD: "takes a letter that tells the reason, word for word",
    Reason.LINK_MISSING: "takes a text with {link}, where the link will stand",
    Reason.LINK_REFUSED: "takes a text without {link}: this letter hands nothing over",
    Reason.NOT_KNOWN: "is not known here",
    Reason.WRONG_TYPE: "takes {expected}",
    Reason.FORM: "takes another form",
    Reason.UUID: "takes an identifier (UUID)",
    Reason.NO_NUL: "takes no NUL characters",
    Reason.ID_BEFORE_FILE: "is missing; it stands before the file",
    Reason.CURSOR: "takes the `next` of an earlier answer",
    Reason.EVENT_ID: "takes the id of an event of this stream",
    Reason.NO_SUCH_VERSION: "takes the number of a version that was kept",
    Reason.NEEDED_FOR_OTHERS: 'is needed where hosting is "others"',
    Reason.IDS_ONCE: "takes each id once",
}

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "uuid": "a UUID",
    "time": "a time",
}


def message(reason: Reason, params: Mapping[str, Param]) -> str:
    """Returns what a field takes, in English, to stand behind the name of the field.

    Raises:
        KeyError: the sentence takes in what `params` does not hold.
    """
    words = MESSAGES[reason]
    if isinstance(words, tuple):
        words = words[params.get("max", params.get("min")) != 1]
    return words.format_map({name: _said(name, value) for name, value in params.items()})


def _said(name: str, value: Param) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return f"{value:,}"
    if name == "expected":
        return " or ".join(_TYPES.get(each, each) for each in value)
    return ", ".join(value)
