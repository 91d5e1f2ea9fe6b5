"""Mistakes in what others' products say, each as a test that fails when it is made here:
periods that are told and not kept (7), scripts in pages about privacy (16), texts that speak of
somebody else (17). The other mistakes are in test_peers_traps.py.
"""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from markupsafe import escape

from chathaven.base.languages import LANGUAGES
from chathaven.engines.database.data_map import Retention
from chathaven.engines.database.tables import all_entries
from chathaven.engines.jobs.queue import FAILED_STAY_HOURS
from chathaven.product.accounts.settings import RetentionPeriods
from chathaven.product.legal.kept import HOW_LONG, kept
from chathaven.product.retention.classes import CLASSES, Unit
from tests.conftest import Api
from tests.driving import json_of
from tests.product.consents.test_legal_text import EN, notice, show
from tests.product.privacy.test_export_visitor import unzip
from tests.product.privacy.test_peers_traps import erase
from tools.data_map import TARGET, render

ROOT = Path(__file__).parents[3]


# 7: what the documents say


UNITS = {
    "en": {Unit.HOURS: "hours", Unit.DAYS: "days", Unit.MONTHS: "months"},
    "de": {Unit.HOURS: "Stunden", Unit.DAYS: "Tage", Unit.MONTHS: "Monate"},
}


def test_7_documents_and_code_tell_the_same_periods() -> None:
    """The page of the data map is the code's own; policies and paragraphs take theirs from it."""
    assert TARGET.read_text() == render(all_entries())
    for language in ("en", "de"):
        said = {row.retention for row in kept(language)}
        assert said <= set(HOW_LONG[language].values())
        assert HOW_LONG[language].keys() == set(Retention)
        for each in CLASSES:
            said_unit = UNITS[language][each.unit]
            assert HOW_LONG[language][each.retention].startswith(f"{each.default} {said_unit}")
    assert (
        f"after {RetentionPeriods().export_days} days"
        in (ROOT / "docs" / "api" / "export.md").read_text()
    )
    # No text of ours names a number of days or months of its own.
    texts = ROOT / "src" / "chathaven" / "product" / "legal" / "texts"
    for path in texts.glob("privacy.*.md"):
        numbers = re.findall(r"\b\d+ (?:months?|days?|Monate?n?|Tagen?)\b", path.read_text())
        assert numbers == [], path


def test_7_the_period_that_is_told_is_the_one_that_is_set(api: Api) -> None:
    account = api.sign_up()
    periods = RetentionPeriods()
    in_english = {row.retention for row in kept("en")}
    assert any(text.startswith(f"{periods.conversation_months} months") for text in in_english)
    documented = (ROOT / "docs" / "privacy" / "retention.md").read_text()
    assert f"| {periods.conversation_months} months | 1 to 36 months |" in documented
    for months, said in ((12, "12 months"), (1, "1 month after"), (22, "22 months")):
        change = {"privacy": {"retention": {"conversation_months": months}}}
        json_of(account.http.patch("/v1/settings", json=change))
        for language in LANGUAGES:
            asked = account.http.get("/v1/legal/privacy-paragraph", params={"language": language})
            text = json_of(asked)["text"]
            assert str(months) in text or (language == "ar" and months == 1)
            assert language != "en" or said in text
            assert language != "pl" or months != 22 or "22 miesiące" in text


def hours(text: str) -> list[float]:
    """Returns the times that a text tells, as "1 to 36 months" or "1 hour to 30 days"."""
    units = {"hour": 1, "day": 24, "month": 24 * 365 / 12}
    found = re.findall(r"(\d+)(?: (hour|day|month))?", text)
    return [int(count) * units[unit or found[-1][1]] for count, unit in found]


def test_7_every_period_of_the_document_is_the_one_in_the_code() -> None:
    documented = (ROOT / "docs" / "privacy" / "retention.md").read_text()
    rows = {
        code: (kept_for, may_be_set)
        for codes, _, kept_for, may_be_set, _ in re.findall(
            r"^\| (R[^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
            documented,
            re.MULTILINE,
        )
        for code in codes.split(", ")
    }
    assert len(rows) == 12
    fields = msgspec.json.schema(RetentionPeriods)["$defs"]["RetentionPeriods"]["properties"]
    for each in CLASSES:
        kept_for, may_be_set = rows[each.code]
        assert hours(kept_for) == hours(f"{each.default} {each.unit}"), each
        if each.setting is None:
            assert may_be_set == "–", each
            continue
        field = fields[each.setting]
        bounds = [hours(f"{field[name]} {each.unit}")[0] for name in ("minimum", "maximum")]
        assert hours(may_be_set) == bounds, each
        assert (field["default"], field["maximum"]) == (each.default, each.most)
    assert hours(rows["R7"][0]) == [FAILED_STAY_HOURS]


def test_7_a_certificate_tells_the_period_that_is_set(api: Api) -> None:
    """How long lines of the audit log stay is a setting, and a certificate is signed."""
    account = api.sign_up()
    for months in (36, 120):
        change = {"privacy": {"retention": {"audit_months": months}}}
        json_of(account.http.patch("/v1/settings", json=change))
        visitor = api.visitor(account.site_key)
        # A line that outlives them.
        json_of(account.http.get(f"/v1/visitors/{visitor.visitor_id}"))
        certificate = erase(account, visitor)["certificate"]
        [lines] = certificate["retained"]
        done = date.fromisoformat(certificate["finished_at"][:10])
        until = date.fromisoformat(lines["until"])
        assert until.year - done.year == months // 12
        assert abs((until.replace(year=done.year, day=1) - done.replace(day=1)).days) <= 31


# 16: scripts in pages about privacy

EVIL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "[click](javascript:alert(3))",
    '"><svg onload=alert(4)>',
)


class Running(HTMLParser):
    """Gathers the elements, handlers and addresses of a page that run, without our own script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one element."""
        # Nobody who writes a text knows the nonce under which ours runs.
        if tag in {"script", "img"} and "nonce" not in dict(attrs):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")


def harmless(page: str) -> bool:
    """Whether nothing in a page runs that somebody wrote."""
    return Running(page).found == []


def written(text: str) -> str:
    """Returns a text as a page of ours holds it."""
    return str(escape(text))


@pytest.mark.parametrize("evil", EVIL)
def test_16_no_page_about_privacy_runs_what_somebody_wrote(api: Api, evil: str) -> None:
    account = api.sign_up(company=f"Wren {evil}"[:100], name="Ada")
    show(account, agreement=False, en=f"{evil} {EN}")
    shown = notice(account)
    visitor = api.visitor(account.site_key, notice_id=shown["id"])
    visitor.say(evil)
    json_of(visitor.http.patch("/v1/widget/me", json={"name": evil}))
    page = unzip(visitor.http.get("/v1/widget/me/export").content)["index.html"].decode()
    assert harmless(page)
    with api.server.http() as http:
        for path in ("/gdpr", "/verify", "/terms", "/privacy", "/terms/changes"):
            answer = http.get(path, params={"language": evil[:35], "version": None})
            assert harmless(answer.text), path
            assert "script-src" not in answer.headers["content-security-policy"]
        fields = dict.fromkeys(("kind", "email", "name", "text", "number", "nonce"), evil)
        form = f"/rights/{account.site_key}"
        for path in ("/verify", "/verify/erasure", "/rights/confirm", "/rights/copy", form):
            answer = http.post(path, files={name: (None, word) for name, word in fields.items()})
            assert answer.headers["content-type"].startswith("text/html"), path
            assert harmless(answer.text), path
            assert path != form or written(evil) in answer.text, "what was typed is shown again"
        asked = http.get(form)
        assert harmless(asked.text)
        assert written(account.company) in asked.text
        tried = http.get(f"/try/{account.site_key}")
        assert "<" not in evil or evil not in tried.text
    # And the check sees what it looks for.
    for seen in (*EVIL[:2], f'<input value="{EVIL[3]}">', '<a href="javascript:x">'):
        assert not harmless(seen)


# 17: whose text it is

DEFAULTS = ROOT / "frontend" / "app" / "settings" / "default-text.ts"


def test_17_no_text_to_start_from_speaks_of_us() -> None:
    texts = re.findall(r"^  (\w\w): \"(.*)\",$", DEFAULTS.read_text(), re.MULTILINE)
    assert {language for language, _ in texts} == set(LANGUAGES)
    for language, text in texts:
        assert "{company}" in text, language
        assert "]({link})" in text, language
        assert not re.search(r"chathaven|https?://", text, re.IGNORECASE), language


def test_17_nothing_is_shown_that_the_account_did_not_write(api: Api) -> None:
    account = api.sign_up()
    legal = json_of(account.http.get("/v1/settings"))["general"]["legal_text"]
    assert legal == {"enabled": False, "requires_agreement": False, "texts": {}}
    refused = account.http.patch(
        "/v1/settings", json={"general": {"legal_text": {"enabled": True}}}
    )
    assert refused.status_code == 422
    for language in LANGUAGES:
        asked = account.http.get("/v1/legal/privacy-paragraph", params={"language": language})
        text = json_of(asked)["text"]
        assert account.company in text
        # The one address is the company's own form, on the company's own server.
        form = f"{api.server.url}/rights/{account.site_key}"
        assert set(re.findall(r"https?://\S*[^\s.,;:]", text)) == {form}
        assert "chathaven" not in text.lower()
