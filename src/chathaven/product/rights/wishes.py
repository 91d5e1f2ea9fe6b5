"""What is to be corrected, as it was asked for."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from chathaven.product.visitors.identify import Profile


def wished(profile: Profile | None) -> dict[str, Any]:
    """Returns the fields that somebody named, with what they should be; null clears."""
    if profile is None:
        return {}
    given = {name: getattr(profile, name) for name in Profile.__struct_fields__}
    return {name: value for name, value in given.items() if value is not UNSET}
