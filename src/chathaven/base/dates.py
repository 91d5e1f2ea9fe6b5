"""Days and times as a language of the widget writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DAYS = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "fr": "{day} {month} {year}",
    "es": "{day} de {month} de {year}",
    "it": "{day} {month} {year}",
    "pt": "{day} de {month} de {year}",
    "nl": "{day} {month} {year}",
    "pl": "{day} {month} {year}",
    "ar": "{day} {month} {year}",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października"
    " listopada grudnia",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_EXACT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00))?")


def day(moment: datetime, language: str) -> str:
    """Returns a day as a text in a language of the widget writes it."""
    month = _MONTHS[language].split()[moment.month - 1]
    return _DAYS[language].format(day=moment.day, month=month, year=moment.year)


def readable(exact: str, language: str) -> str | None:
    """Returns a day or a time of UTC, written as in JSON, for people; None where it is neither."""
    if not _EXACT.fullmatch(exact):
        return None
    try:
        moment = datetime.fromisoformat(exact)
    except ValueError:
        return None
    said = day(moment, language)
    return f"{said}, {moment.astimezone(UTC):%H:%M} UTC" if "T" in exact else said
