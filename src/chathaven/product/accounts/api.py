"""HTTP: settings of an account."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, patch
from msgspec import UNSET, UnsetType

from chathaven.base.actor import Operator
from chathaven.engines.ground import Ground
from chathaven.engines.web.body import Body
from chathaven.product.access.gate import may
from chathaven.product.access.permissions import Permission
from chathaven.product.accounts.settings import (
    AccountSettings,
    change_settings,
    read_account,
)

Part = dict[str, Any] | None | UnsetType


class SettingsPatch(msgspec.Struct, forbid_unknown_fields=True):
    """A merge patch (RFC 7396): what is left out stays, a null is as by default again."""

    general: Part = UNSET
    email_request: Part = UNSET
    privacy: Part = UNSET


@get("/v1/settings", opt=may(Permission.SETTINGS_READ))
async def get_settings(ground: Ground, actor: Operator) -> AccountSettings:
    """All settings of the account."""
    async with ground.database.transaction(actor.account_id) as tx:
        account = await read_account(tx)
    return msgspec.convert(account.settings, AccountSettings)


@patch("/v1/settings", opt=may(Permission.SETTINGS_WRITE), dto=Body[SettingsPatch], return_dto=None)
async def patch_settings(ground: Ground, actor: Operator, data: SettingsPatch) -> AccountSettings:
    """Changes settings."""
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    changes = {name: value for name, value in given.items() if value is not UNSET}
    async with ground.database.transaction(actor.account_id) as tx:
        return await change_settings(tx, actor, ground.bus, changes, ground.after_settings)


HANDLERS = (get_settings, patch_settings)
