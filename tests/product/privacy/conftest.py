"""Fixtures of the tests about people's rights."""

from __future__ import annotations

import pytest

from tests.product.privacy.test_export_visitor import Visitor, come
from tests.product.served import Company, Served


@pytest.fixture
async def visitor(served: Served, company: Company) -> Visitor:
    came = await come(served, company)
    for number in range(3):
        await came.say(f"message {number}")
    return came
