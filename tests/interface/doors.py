"""Who may call what: written by hand, so that neither code nor document can widen it unseen."""

from __future__ import annotations

PUBLIC = "public"
VISITOR = "visitor"
SIGNED_IN = "signed-in"
OWN_AFFAIRS = "own-affairs"
"""An operator in person, or a token that may do everything: never one of a few scopes."""

DOORS = {
    "DELETE /v1/account": "account",
    "DELETE /v1/account/exports/{export_id}": "account",
    "DELETE /v1/chats/{chat_id}": "visitors:erase",
    "DELETE /v1/chats/{chat_id}/messages/{message_id}": "chats:write",
    "DELETE /v1/invitations/{invitation_id}": "team:write",
    "DELETE /v1/operators/{operator_id}": "team:write",
    "DELETE /v1/sessions/current": SIGNED_IN,
    "DELETE /v1/sessions/{session_id}": OWN_AFFAIRS,
    "DELETE /v1/sites/{site_id}": "settings:write",
    "DELETE /v1/tokens/{token_id}": "tokens",
    "DELETE /v1/holds/{hold_id}": "visitors:erase",
    "DELETE /v1/visitors/{visitor_id}": "visitors:erase",
    "DELETE /v1/visitors/{visitor_id}/restriction": "visitors:erase",
    "DELETE /v1/widget/me/messages/{message_id}": VISITOR,
    "DELETE /v1/widget/me/restriction": VISITOR,
    "DELETE /v1/widget/me/session": VISITOR,
    "GET /v1/account/exports": "account",
    "GET /v1/account/exports/{export_id}": "account",
    "GET /v1/account/exports/{export_id}/file": "account",
    "GET /v1/account/summary": "account",
    "GET /v1/audit": "audit:read",
    "GET /v1/audit/anchors": "audit:read",
    "GET /v1/audit/check": "audit:read",
    "GET /v1/audit/file": "audit:read",
    "GET /v1/breaches": "records:read",
    "GET /v1/breaches/{breach_id}": "records:read",
    "GET /v1/breaches/{breach_id}/letter": "records:read",
    "GET /v1/breaches/{breach_id}/notes": "records:read",
    "GET /v1/breaches/{breach_id}/scopes": "records:read",
    "GET /v1/breaches/{breach_id}/scopes/{scope_id}/file": "records:read",
    "GET /v1/certificates/{certificate_id}": PUBLIC,
    "GET /v1/chats": "chats:read",
    "GET /v1/chats/{chat_id}": "chats:read",
    "GET /v1/chats/{chat_id}/events": "chats:read",
    "GET /v1/chats/{chat_id}/export": "chats:read",
    "GET /v1/erasures": "visitors:erase",
    "GET /v1/erasures/{erasure_id}": "visitors:read",
    "GET /v1/installation": PUBLIC,
    "GET /v1/invitations": "team:read",
    "GET /v1/legal/dpa": "settings:read",
    "GET /v1/legal/dpa/signatures": "settings:read",
    "GET /v1/legal/dpa/signatures/{signature_id}/file": "settings:read",
    "GET /v1/legal/privacy-paragraph": "settings:read",
    "GET /v1/legal/subprocessors": "settings:read",
    "GET /v1/legal/terms": PUBLIC,
    "GET /v1/me": SIGNED_IN,
    "GET /v1/operators": "team:read",
    "GET /v1/receipts/check": "audit:read",
    "GET /v1/records": "records:read",
    "GET /v1/records/differences": "records:read",
    "GET /v1/records/file": "records:read",
    "GET /v1/records/versions": "records:read",
    "GET /v1/schemas/record-1.json": PUBLIC,
    "GET /v1/retention/preview": "visitors:erase",
    "GET /v1/retention/runs": "visitors:erase",
    "GET /v1/retention/runs/{run_id}": "visitors:erase",
    "GET /v1/retention/runs/{run_id}/report": "visitors:erase",
    "GET /v1/schemas/chat-export-1.json": PUBLIC,
    "GET /v1/schemas/consents-1.json": PUBLIC,
    "GET /v1/schemas/person-manifest-1.json": PUBLIC,
    "GET /v1/schemas/processing-1.json": PUBLIC,
    "GET /v1/schemas/recipients-1.json": PUBLIC,
    "GET /v1/privacy/checklist": "settings:read",
    "GET /v1/restrictions": "visitors:erase",
    "GET /v1/requests": "rights:read",
    "GET /v1/requests/{request_id}": "rights:read",
    "GET /v1/requests/{request_id}/letter": "rights:read",
    "GET /v1/sessions": OWN_AFFAIRS,
    "GET /v1/settings": "settings:read",
    "GET /v1/sites": "settings:read",
    "GET /v1/stream": "chats:read",
    "GET /v1/tokens": "tokens",
    "GET /v1/visitors": "visitors:read",
    "GET /v1/visitors/{visitor_id}": "visitors:read",
    "GET /v1/visitors/{visitor_id}/erasure": "visitors:erase",
    "GET /v1/visitors/{visitor_id}/export": "visitors:read",
    "GET /v1/visitors/{visitor_id}/receipts": "visitors:read",
    "GET /v1/visitors/{visitor_id}/restrictions": "visitors:erase",
    "GET /v1/widget/me": VISITOR,
    "GET /v1/widget/me/events": VISITOR,
    "GET /v1/widget/me/export": VISITOR,
    "GET /v1/widget/me/requests": VISITOR,
    "GET /v1/widget/me/stream": VISITOR,
    "GET /v1/widget/{site_key}": PUBLIC,
    "PATCH /v1/breaches/{breach_id}": "records:write",
    "PATCH /v1/chats/{chat_id}": "chats:write",
    "PATCH /v1/chats/{chat_id}/messages/{message_id}": "chats:write",
    "PATCH /v1/holds/{hold_id}": "visitors:erase",
    "PATCH /v1/me": OWN_AFFAIRS,
    "PATCH /v1/operators/{operator_id}": "team:write",
    "PATCH /v1/requests/{request_id}": "rights:write",
    "PATCH /v1/settings": "settings:write",
    "PATCH /v1/sites/{site_id}": "settings:write",
    "PATCH /v1/visitors/{visitor_id}": "visitors:write",
    "PATCH /v1/widget/me": VISITOR,
    "PATCH /v1/widget/me/messages/{message_id}": VISITOR,
    "POST /v1/account/exports": "account",
    "POST /v1/account/exports/{export_id}/grants": "account",
    "POST /v1/accounts": PUBLIC,
    "POST /v1/audit/anchors": "audit:read",
    "POST /v1/breaches": "records:write",
    "POST /v1/breaches/{breach_id}/scopes": "records:write",
    "POST /v1/breaches/{breach_id}/status": "records:write",
    "POST /v1/breaches/{breach_id}/told": "records:write",
    "POST /v1/chats/{chat_id}/messages": "chats:write",
    "POST /v1/chats/{chat_id}/read": "chats:read",
    "POST /v1/chats/{chat_id}/requests": "chats:write",
    "POST /v1/chats/{chat_id}/typing": "chats:write",
    "POST /v1/erasures/look": PUBLIC,
    "POST /v1/invitations": "team:write",
    "POST /v1/invitations/accept": PUBLIC,
    "POST /v1/invitations/look": PUBLIC,
    "POST /v1/invitations/{invitation_id}/resend": "team:write",
    "POST /v1/legal/dpa/signatures": "settings:write",
    "POST /v1/legal/subprocessors/{subprocessor_id}/objections": "settings:write",
    "POST /v1/legal/terms/acceptances": "settings:write",
    "POST /v1/me/password": OWN_AFFAIRS,
    "POST /v1/retention/runs": "visitors:erase",
    "POST /v1/requests": "rights:write",
    "POST /v1/requests/{request_id}/approval": "rights:write",
    "POST /v1/requests/{request_id}/doubt": "rights:write",
    "POST /v1/requests/{request_id}/extension": "rights:write",
    "POST /v1/requests/{request_id}/letters": "rights:write",
    "POST /v1/requests/{request_id}/letters/{letter_id}/sent": "rights:write",
    "POST /v1/requests/{request_id}/refusal": "rights:write",
    "POST /v1/requests/{request_id}/steps": "rights:write",
    "POST /v1/sessions": PUBLIC,
    "POST /v1/sites": "settings:write",
    "POST /v1/tokens": "tokens",
    "POST /v1/visitors/{visitor_id}/holds": "visitors:erase",
    "POST /v1/visitors/{visitor_id}/restriction": "visitors:erase",
    "POST /v1/widget/me/embeds": VISITOR,
    "POST /v1/widget/me/erasure": VISITOR,
    "POST /v1/widget/me/messages": VISITOR,
    "POST /v1/widget/me/notice": VISITOR,
    "POST /v1/widget/me/read": VISITOR,
    "POST /v1/widget/me/requests": VISITOR,
    "POST /v1/widget/me/typing": VISITOR,
    "POST /v1/widget/{site_key}/visitors": PUBLIC,
}

SCOPES = {
    "audit:read",
    "chats:read",
    "chats:write",
    "records:read",
    "records:write",
    "rights:read",
    "rights:write",
    "settings:read",
    "settings:write",
    "team:read",
    "team:write",
    "visitors:erase",
    "visitors:read",
    "visitors:write",
}
"""What a token can be made for. Tokens are made by people: there is no scope for that alone."""

OPERATOR = SCOPES - {
    "audit:read",
    "records:read",
    "records:write",
    "rights:read",
    "rights:write",
    "settings:write",
    "team:write",
    "visitors:erase",
}
ROLES = {
    "owner": SCOPES | {"account", "tokens"},
    "administrator": SCOPES | {"tokens"},
    "operator": OPERATOR,
}

ENDS_THE_CALLER = {
    "DELETE /v1/sessions/current",
    "DELETE /v1/widget/me/session",
    "POST /v1/widget/me/erasure",
}
"""After these the caller is nobody: a caller of its own tries each."""


def expected(door: str, who: str) -> int | None:
    """Returns the status with which a caller is refused, or None where they are let in.

    `who` is a role, `nobody`, `visitor`, or `ROLE/SCOPE` for a token that somebody made.
    """
    if door == PUBLIC:
        return None
    if who in {"nobody", VISITOR} or door == VISITOR:
        return None if who == door == VISITOR else 401
    role, _, scope = who.partition("/")
    if door == OWN_AFFAIRS:
        return None if scope in {"", "*"} else 403
    held = ROLES[role] | {SIGNED_IN}
    if scope and scope != "*":
        held &= {scope, SIGNED_IN}
    return None if door in held else 403
