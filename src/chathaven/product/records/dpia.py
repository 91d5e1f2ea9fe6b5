"""Help with the impact assessment (GDPR Art. 35): a template from data map and configuration.

It describes what is done here, names the risks of a chat and the measures against them, and says
of each measure whether it is on. It judges nothing: what the company alone can say is left open,
and every page says that it is a template to be checked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from chathaven import __version__
from chathaven.product.records.article30 import Facts, data_map_sha256, record_of
from chathaven.product.records.words import LANGUAGES

FORMAT = "chathaven-dpia-1"
YOU = "you"
_WORDS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("dpia.json").read_text("utf-8")
)
_AFTER = {"low": "low", "medium": "low", "high": "medium"}
"""What a likelihood becomes where every measure is on."""


def dpia_of(facts: Facts) -> dict[str, Any]:
    """Returns the template in every language, without the time it was made."""
    record = record_of(facts, "controller")
    return {
        "format": FORMAT,
        "template": True,
        "software": {"name": "Chathaven", "version": __version__},
        "data_map_sha256": data_map_sha256(),
        "parties": record["parties"],
        "languages": {
            language: _said(facts, record["languages"][language], language)
            for language in LANGUAGES
        },
    }


def conditions(facts: Facts) -> dict[str, bool | str]:
    """Returns of every measure that depends on the configuration whether it is on."""
    settings, here, installation = facts.settings, facts.here, facts.installation
    legal_text = settings.general.legal_text
    officer = settings.privacy.organisation.data_protection_officer
    contact = settings.privacy.organisation.email or settings.general.notification_email
    elsewhere = installation.keyring_address is not None or not installation.keyring.is_relative_to(
        installation.data
    )
    return {
        "tls": installation.public_url.startswith("https:"),
        "limits": installation.rate_limits,
        "keys-elsewhere": elsewhere,
        "legal-text": legal_text.enabled,
        "agreement": legal_text.enabled and legal_text.requires_agreement,
        "officer": bool(officer or contact),
        "no-transfers": not any(each.transfer_tool for each in here.subprocessors),
        YOU: YOU,
    }


def _said(facts: Facts, record: dict[str, Any], language: str) -> dict[str, Any]:
    words = _WORDS[language]
    numbers = msgspec.structs.asdict(facts.settings.privacy.retention) | {
        "backup_days": facts.installation.backup_days
    }
    states = conditions(facts)
    return {
        "title": words["title"],
        "template": words["template"],
        "sections": words["sections"],
        "words": words["words"],
        "activities": record["activities"],
        "recipients": record["recipients"],
        "transfers": record["transfers"],
        "criteria": [
            {
                "id": name,
                "title": words["criteria_titles"][name],
                "answer": answer,
                "because": because,
            }
            for name, answer, because in words["criteria"]
        ],
        "necessity": [line.format(**numbers) for line in words["necessity"]],
        "risks": [_risk(each, states, numbers) for each in words["risks"]],
        "open": words["open"],
    }


def _risk(
    said: list[Any], states: dict[str, bool | str], numbers: dict[str, Any]
) -> dict[str, Any]:
    name, title, harm, likelihood, severity, measures = said
    found = [_measure(each, states, numbers) for each in measures]
    all_on = not any(each["state"] == "off" for each in found)
    return {
        "id": name,
        "title": title,
        "harm": harm,
        "likelihood": likelihood,
        "severity": severity,
        # A proposal: a measure that is off leaves the risk where it is.
        "likelihood_after": _AFTER[likelihood] if all_on else likelihood,
        "measures": found,
    }


def _measure(
    said: list[Any], states: dict[str, bool | str], numbers: dict[str, Any]
) -> dict[str, Any]:
    name, text, requirements, condition = said
    state = states[condition] if condition else "built-in"
    return {
        "id": name,
        "text": text.format(**numbers),
        "requirements": requirements,
        "state": state if isinstance(state, str) else "on" if state else "off",
    }


def as_document(dpia: dict[str, Any], made_at: str, language: str) -> dict[str, Any]:
    """Returns the template as the typesetter takes it; see dpia.typ. `made_at` is RFC 3339."""
    said = dpia["languages"][language]
    words, sections = said["words"], said["sections"]
    controller = dpia["parties"]["controller"]
    return {
        "language": language,
        "title": said["title"],
        "author": str(controller["name"]),
        "note": said["template"],
        "running": f"{said['title']} · {made_at}",
        "description": {
            "title": sections["description"],
            "lines": [
                f"{each['purpose']}: {each['subjects']}; {', '.join(each['data'])};"
                f" {', '.join(each['bases'])}; {', '.join(each['retention'])}"
                for each in said["activities"]
            ],
        },
        "tables": [
            {
                "title": sections["criteria"],
                "note": words["two"],
                "rows": [
                    [words["criterion"], words["answer"], words["because"]],
                    *(
                        [each["title"], words[each["answer"]], each["because"]]
                        for each in said["criteria"]
                    ),
                ],
            },
            {
                "title": sections["risks"],
                "note": "",
                "rows": [
                    [words["risk"], words["harm"], words["before"], words["after"]],
                    *(_row(each, words) for each in said["risks"]),
                ],
            },
            {
                "title": sections["measures"],
                "note": "",
                "rows": [
                    [words["risk"], words["measure"], words["requirements"], words["state"]],
                    *(
                        [each["title"], one["text"], one["requirements"], words[one["state"]]]
                        for each in said["risks"]
                        for one in each["measures"]
                    ),
                ],
            },
        ],
        "lists": [
            {"title": sections["necessity"], "lines": said["necessity"]},
            {"title": sections["open"], "lines": said["open"]},
        ],
        "facts": [
            f"Chathaven {dpia['software']['version']}, {made_at}; {dpia['data_map_sha256'][:16]}"
        ],
    }


def _row(risk: dict[str, Any], words: dict[str, str]) -> list[str]:
    def level(likelihood: str) -> str:
        return (
            f"{words['likelihood']}: {words[likelihood]}\n"
            f"{words['severity']}: {words[risk['severity']]}"
        )

    return [
        risk["title"],
        risk["harm"],
        level(risk["likelihood"]),
        level(risk["likelihood_after"]),
    ]
