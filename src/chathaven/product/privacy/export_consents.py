"""Receipts as others read them: ISO/IEC TS 27560 in the words of the Data Privacy Vocabulary.

JSON-LD that names its words itself and fetches nothing. Our own receipts stand beside it whole,
for only with salt and link can they be checked against the account's chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chathaven.product.consents.model import Answer, Subject
from chathaven.product.privacy.export_rows import Values

PROFILE = "https://w3id.org/dpv/schema/dpv-27560"
_IRI = {"@type": "@id"}
CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "pd": "https://w3id.org/dpv/pd#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "chathaven": "urn:chathaven:vocabulary:",
    "dct:conformsTo": _IRI,
    "dct:created": {"@type": "xsd:dateTime"},
    "schema:recipient": _IRI,
    "dpv:hasDataSubject": _IRI,
    "dpv:hasDataController": _IRI,
    "dpv:hasLegalBasis": _IRI,
    "dpv:hasRight": _IRI,
    "dpv:hasPurpose": _IRI,
    "dpv:hasPersonalData": _IRI,
    "dpv:hasNotice": _IRI,
    "dpv:isIndicatedBy": _IRI,
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "receipts": {"@id": "chathaven:receipts", "@type": "@json"},
}
_STATUS = {
    Answer.SHOWN: "chathaven:NoticeShown",
    Answer.GIVEN: "dpv:ConsentGiven",
    Answer.REFUSED: "dpv:ConsentRefused",
    Answer.WITHDRAWN: "dpv:ConsentWithdrawn",
}
_NOTICES_ONLY = frozenset({Subject.LEGAL_TEXT, Subject.EMAIL_REQUEST})
"""Texts that inform. Agreeing to one is not the legal basis of what is done with data."""


def consents(
    person_id: UUID, account_id: UUID, company: str, receipts: Sequence[Values], moment: datetime
) -> dict[str, Any]:
    """Returns a person's receipts, the earliest first, as a consent receipt of the account."""
    subjects = dict.fromkeys(receipt["subject"] for receipt in receipts)
    by_subject = {
        subject: [each for each in receipts if each["subject"] == subject] for subject in subjects
    }
    return {
        "@context": CONTEXT,
        "@id": f"urn:chathaven:consents:{person_id}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": str(person_id),
        "dct:conformsTo": f"{PROFILE}#receipt",
        "dct:created": moment,
        "dct:publisher": {
            "@id": f"urn:uuid:{account_id}",
            "@type": "dpv:DataController",
            "dpv:hasName": company,
        },
        "schema:recipient": "dpv:DataSubject",
        "dpv:hasRecordOfActivity": [
            _record(person_id, account_id, subject, found) for subject, found in by_subject.items()
        ],
        "receipts": receipts,
    }


def _record(
    person_id: UUID, account_id: UUID, subject: str, receipts: Sequence[Values]
) -> dict[str, Any]:
    """Returns all that happened about one subject."""
    name = f"urn:chathaven:consent:{person_id}:{subject}"
    informs = subject in _NOTICES_ONLY
    rights = (
        {} if informs else {"dpv:hasLegalBasis": "eu-gdpr:A6-1-a", "dpv:hasRight": "eu-gdpr:A7-3"}
    )
    return {
        "@id": name,
        "@type": "dpv:DataProcessingRecord" if informs else "dpv:ConsentRecord",
        "dct:identifier": name,
        "dct:conformsTo": f"{PROFILE}#record",
        "dpv:hasDataSubject": f"urn:uuid:{person_id}",
        "dpv:hasDataController": f"urn:uuid:{account_id}",
        **rights,
        "dpv:hasProcess": {"@type": "dpv:Process"} | _process(subject),
        "dpv:hasNotice": _notices(receipts, informs=informs),
        "dpv:hasConsentStatus": [_event(person_id, receipt) for receipt in receipts],
    }


def _process(subject: str) -> dict[str, Any]:
    """Returns what would be done: purpose, data, and to whom they would go."""
    if subject == Subject.MARKETING:
        return {"dpv:hasPurpose": "dpv:DirectMarketing", "dpv:hasPersonalData": "pd:EmailAddress"}
    if subject == Subject.SIGNAL:
        return {"dpv:hasPurpose": "chathaven:every-optional-purpose"}
    if subject in _NOTICES_ONLY:
        return {"dpv:hasPurpose": "chathaven:answering-the-chat"}
    provider = subject.removeprefix("embed:")
    return {
        "dpv:hasPurpose": "chathaven:showing-content-of-others",
        "dpv:hasPersonalData": "pd:IPAddress",
        "dpv:hasRecipient": {
            "@id": f"urn:chathaven:provider:{provider}",
            "@type": "dpv:ThirdParty",
            "dpv:hasName": provider,
        },
    }


def _notices(receipts: Sequence[Values], *, informs: bool) -> list[dict[str, Any]]:
    """Returns every text that was shown, once."""
    found: dict[str, dict[str, Any]] = {}
    for receipt in receipts:
        details = receipt["details"] or {}
        found[str(details.get("notice_id"))] = {
            "@id": _notice(receipt),
            "@type": "dpv:PrivacyNotice" if informs else "dpv:ConsentNotice",
            "dct:language": details.get("language"),
            "dct:hasVersion": details.get("text_version"),
            "dct:description": details.get("text"),
            "chathaven:sha256": details.get("sha256"),
        }
    return list(found.values())


def _notice(receipt: Values) -> str:
    return f"urn:uuid:{(receipt['details'] or {}).get('notice_id')}"


def _event(person_id: UUID, receipt: Values) -> dict[str, Any]:
    details = receipt["details"] or {}
    operator = details.get("operator_id")
    return {
        "@id": f"urn:uuid:{receipt['id']}",
        "@type": _STATUS[Answer(receipt["answer"])],
        "dpv:isIndicatedAtTime": receipt["created_at"],
        "dpv:isIndicatedBy": f"urn:uuid:{operator or person_id}",
        "dpv:hasIndicationMethod": details.get("method"),
        "dpv:isExercisedAt": details.get("surface"),
        "dpv:hasNotice": _notice(receipt),
    }
