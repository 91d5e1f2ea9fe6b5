"""Fixtures of the tests of the audit log."""

from __future__ import annotations

from pathlib import Path

import pytest

from chathaven.engines.vault.signing import FILE_NAME, Signing
from chathaven.product.audit.anchors import Anchors


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    """A folder for anchors."""
    return Anchors(tmp_path, Signing.open(tmp_path / FILE_NAME))
