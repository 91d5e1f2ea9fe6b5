"""Fixtures of the tests of messages: a company at the shared server, and somebody who asks."""

from __future__ import annotations

import pytest

from tests.conftest import Api
from tests.driving import Account, VisitorClient


@pytest.fixture
def account(api: Api) -> Account:
    """A company whose owner is signed in."""
    return api.sign_up()


@pytest.fixture
def visitor(api: Api, account: Account) -> VisitorClient:
    """A visitor of theirs, who has said nothing yet."""
    return api.visitor(account.site_key)
