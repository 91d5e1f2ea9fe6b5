"""The account in which people are planted: an own one, or one that is given."""

from __future__ import annotations

from typing import Any, NamedTuple

from chathaven.base.clock import now
from chathaven.engines.scan.canary import (
    ANYWHERE,
    Canary,
    Script,
    address,
    random_text,
    sample_of,
    together,
    word,
    words,
)
from chathaven.entry.proof.door import Door
from chathaven.entry.proof.places import OUTBOX

LANGUAGE = "en"
OWNER = "the company"
_LETTERS = frozenset({OUTBOX})
"""A letter bears addresses and names, and waits in a folder where there is no mail server."""
_OPEN = frozenset({ANYWHERE})


class Site(NamedTuple):
    """Where visitors come in."""

    id: str
    key: str


class Company:
    """An account with canaries in everything that an owner fills in."""

    def __init__(self, door: Door, account_id: str, site: Site, password: str | None) -> None:
        self.door = door
        self.account_id = account_id
        self.site = site
        self.is_own = password is not None
        self._password = password
        self._breach_path = "/v1/breaches"
        self.canaries: list[Canary] = []
        self.opens: list[Canary] = []

    @classmethod
    def given(cls, url: str, secret: str) -> Company:
        """Uses a company's own account, through a token of its owner; changes no settings of it."""
        door = Door(url, secret)
        account = door.json("GET", "/v1/me")["account"]["id"]
        first = door.json("GET", "/v1/sites")["items"][0]
        found = cls(door, account, Site(first["id"], first["key"]), None)
        # Nothing of theirs is changed, so what is open there already has to be found.
        key = Canary("sites.key", OWNER, Script.LATIN, first["key"], open_in=_OPEN)
        found.opens.append(key)
        return found

    @classmethod
    def founded(cls, url: str) -> Company:
        """Signs up as a new company would, with a canary in every field."""
        door = Door(url)
        terms = door.json("GET", "/v1/legal/terms")["version"]
        # Its first site gets the same name, which the world may read.
        company = word("accounts.company", OWNER, open_in=_OPEN)
        name = words("operators.name", OWNER, _LETTERS)
        email = address("operators.email", OWNER, _LETTERS)
        password = random_text(Script.LATIN, 128)
        made = door.json(
            "POST",
            "/v1/accounts",
            {
                "company": company.text,
                "name": together(name),
                "email": email.text,
                "password": password,
                "accepted_terms": terms,
            },
            expected=201,
            headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
        )
        site = Site(made["site"]["id"], made["site"]["key"])
        founded = cls(door, made["account"]["id"], site, password)
        founded.canaries += [company, *name, email]
        return founded

    def sign_in(self) -> None:
        """Signs the owner of an own account in once more, as after a restore."""
        email = next(each for each in self.canaries if each.field == "operators.email")
        given = {"email": email.text, "password": self._password}
        self.door.json("POST", "/v1/sessions", given, expected=201)

    def fill(self) -> None:
        """Fills in what an owner can fill in."""
        door = self.door
        display = words("operators.display_name", OWNER, _LETTERS)
        token = words("api_tokens.name", OWNER)
        invited = address("invitations.email", OWNER, _LETTERS)
        door.json("PATCH", "/v1/me", {"display_name": together(display)})
        door.json(
            "POST",
            "/v1/tokens",
            {"name": together(token), "scopes": ["chats:read"]},
            expected=201,
        )
        door.json(
            "POST",
            "/v1/invitations",
            {"email": invited.text, "role": "operator"},
            expected=201,
        )
        self.canaries += [*display, *token, invited]
        self._settings()
        self._open()
        self._agreement()
        self._breach()

    def _settings(self) -> None:
        """An address, which is sealed; the notice and both questions, which the world may read."""
        notify = address("accounts.settings", OWNER, _LETTERS)
        notice = word("notices.text", OWNER, open_in=_OPEN)
        ask = words("notices.text", OWNER, _OPEN)
        self.door.json(
            "PATCH",
            "/v1/settings",
            {
                "general": {
                    "notification_email": notify.text,
                    "legal_text": {
                        "enabled": True,
                        "requires_agreement": True,
                        "texts": {LANGUAGE: f"We keep what you write. {notice.text}"},
                    },
                },
                "email_request": {
                    "enabled": True,
                    "when": "always",
                    "texts": {LANGUAGE: together(ask)},
                    "marketing": {"enabled": True, "texts": {LANGUAGE: "May we write to you?"}},
                },
            },
        )
        self.canaries.append(notify)
        self.opens += [notice, *ask]

    def _open(self) -> None:
        """What the world may read anyway: here the search has to find."""
        name = word("sites.name", OWNER, open_in=_OPEN)
        team = word("sites.appearance", OWNER, open_in=_OPEN)
        change = {"name": name.text, "appearance": {"team_name": team.text}}
        self.door.json("PATCH", f"/v1/sites/{self.site.id}", change)
        self.opens += [name, team]

    def _agreement(self) -> None:
        """Signs the processing agreement, and objects to a subprocessor, where there is one."""
        if not self.door.json("GET", "/v1/legal/dpa")["needed"]:
            return
        signer = words("dpa_signatures.signer", OWNER, _LETTERS)
        line = word("dpa_files.text", OWNER, open_in=_LETTERS)
        made = self.door.json(
            "POST",
            "/v1/legal/dpa/signatures",
            {
                "name": signer[0].text,
                "title": signer[1].text,
                "company": signer[2].text,
                "address": f"{signer[4].text}\n{line.text}",
                "country": "Utopia",
            },
            expected=201,
        )
        pdf = self.door.bytes("GET", f"/v1/legal/dpa/signatures/{made['id']}/file")
        body = sample_of("dpa_files.pdf", OWNER, pdf, _LETTERS)
        self.canaries += [signer[0], signer[1], signer[2], signer[4], line, body]
        for each in self.door.json("GET", "/v1/legal/subprocessors")["items"]:
            if each["state"] == "announced":
                reason = words("subprocessor_objections.reason", OWNER)
                path = f"/v1/legal/subprocessors/{each['id']}/objections"
                self.door.json("POST", path, {"reason": together(reason)}, expected=201)
                self.canaries += reason

    def _breach(self) -> None:
        """Enters a breach, and corrects it: what stood there stays in its history."""
        title = words("breaches.content", OWNER, _LETTERS)
        first, then = (words(f, OWNER, _LETTERS) for f in ("breach_notes.content", title[0].field))
        breach = {"title": "Nothing happened", "aware_at": now().isoformat()}
        made = self.door.json(
            "POST", "/v1/breaches", breach | {"description": together(first)}, expected=201
        )
        self._breach_path = f"/v1/breaches/{made['id']}"
        change = {"title": together(title), "description": together(then)}
        self.door.json("PATCH", self._breach_path, change)
        self.canaries += [*title, *first, *then]

    def shown(self) -> dict[str, bytes]:
        """Returns what the product shows its owner of the account, by path."""
        paths = ["/v1/me", "/v1/settings", "/v1/sites", "/v1/tokens", "/v1/invitations"]
        paths += [self._breach_path, f"{self._breach_path}/notes"]
        paths += ["/v1/legal/dpa/signatures", "/v1/legal/subprocessors"]
        return {path: self.door.bytes("GET", path) for path in paths}

    def exported(self) -> bytes:
        """Returns a new export of the whole account, as it is handed out."""
        asked = self.door.json(
            "POST", "/v1/account/exports", {"password": self._password}, expected=202
        )
        path = f"/v1/account/exports/{asked['id']}"
        self.door.until(path, "ready")
        self.door.json("POST", f"{path}/grants", {"password": self._password}, expected=201)
        return self.door.bytes("GET", f"{path}/file")

    def close(self) -> dict[str, Any]:
        """Closes the account as its owner would; returns its erasure, certified."""
        body = {"confirm": "DELETE", "password": self._password, "reason": "other"}
        asked = self.door.json("DELETE", "/v1/account", body, expected=202)["erasure"]
        return self.door.until(f"/v1/certificates/{asked['id']}", "live", "final")
