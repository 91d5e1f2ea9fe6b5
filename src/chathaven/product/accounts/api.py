"""HTTP: settings of an account."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, patch

from chathaven.base.actor import Operator
from chathaven.engines.ground import Ground
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.settings import (
    AccountSettings,
    change_settings,
    read_account,
)


@get("/v1/settings", opt=may(Permission.SETTINGS_READ))
async def get_settings(ground: Ground, actor: Operator) -> AccountSettings:
    """All settings of the account."""
    async with ground.database.transaction(actor.account_id) as tx:
        account = await read_account(tx)
    return msgspec.convert(account.settings, AccountSettings)


@patch("/v1/settings", opt=may(Permission.SETTINGS_WRITE))
async def patch_settings(ground: Ground, actor: Operator, data: dict[str, Any]) -> AccountSettings:
    """Changes settings: a JSON merge patch."""
    async with ground.database.transaction(actor.account_id) as tx:
        return await change_settings(tx, actor, data)


HANDLERS = (get_settings, patch_settings)
