"""A pair of certificates as they were signed in November 2026, with keys and nonce: they stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chathaven.engines.vault.signing import Checker, Signing

KEPT: dict[str, Any] = json.loads(Path(__file__).with_name("certificates-1.json").read_text())
PAIR: list[dict[str, Any]] = KEPT["certificates"]
NONCE: str = KEPT["nonce"]
KEYS = json.dumps(KEPT["keys"])
CHECKER = Checker.of(KEYS)


def signed_anew(signing: Signing, **changed: Any) -> dict[str, Any]:
    """Returns the first of them with changes, signed by another installation."""
    plain = {name: value for name, value in PAIR[0].items() if name != "signature"}
    return signing.sign({**plain, **changed})
