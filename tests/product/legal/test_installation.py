"""The file that says who runs an installation: taken whole, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chathaven.base.settings import SettingError
from chathaven.product.legal.installation import Installation, read
from tests.product.legal.conftest import HOST, hoster
from tests.product.served import Served

EXAMPLE = Path(__file__).parents[3] / "docs" / "self-hosting" / "installation.example.json"


def read_from(folder: Path, text: str) -> Installation:
    (folder / "installation.json").write_text(text)
    return read(folder)


def test_without_a_file_the_company_is_its_own_host(tmp_path: Path) -> None:
    assert read(tmp_path) == Installation()
    assert read(tmp_path).hosting == "self"


def test_the_example_of_the_documentation_is_taken(tmp_path: Path) -> None:
    found = read_from(tmp_path, EXAMPLE.read_text())
    assert found.hosting == "others"
    assert found.subprocessors


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "not JSON"),
        ("[]", "takes an object"),
        ({"hosting": "everybody"}, "hosting takes"),
        ({"hosting": "others"}, "company is needed"),
        (HOST | {"signatory": None}, "signatory is needed"),
        (HOST | {"email": "nobody"}, "email takes an e-mail address"),
        (HOST | {"colour": "red"}, "colour"),
        (HOST | {"support_site_key": "short"}, "support_site_key takes"),
        (HOST | {"subprocessors": [hoster(), hoster()]}, "takes each id once"),
        (HOST | {"subprocessors": [hoster(effective_from="soon")]}, "effective_from takes"),
        (HOST | {"subprocessors": [hoster(data_categories=[])]}, "data_categories takes"),
    ],
)
def test_what_it_cannot_take_is_said_in_one_line(tmp_path: Path, wrong: Any, said: str) -> None:
    text = wrong if isinstance(wrong, str) else json.dumps(wrong)
    with pytest.raises(SettingError) as refused:
        read_from(tmp_path, text)
    assert said in str(refused.value)
    assert "installation.json" in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_everybody_may_know_who_runs_it(hosted: Served) -> None:
    shown = (await hosted.client().get("/v1/installation")).json()
    assert shown["operator"] == {
        name: HOST[name] for name in ("hosting", "company", "address", "email", "location")
    }
    page = (await hosted.client().get("/privacy")).text
    for fact in ("Nordlicht GmbH", "privacy@nordlicht.example", "dpo@nordlicht.example", "Germany"):
        assert fact in page
