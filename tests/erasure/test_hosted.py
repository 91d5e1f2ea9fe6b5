"""The proof where the installation is run for other companies, with a mail server and files elsewhere.

There a company signs an agreement and objects to a sub-processor: more fields, and more places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from psycopg import sql

from chathaven.base.clock import now
from chathaven.base.settings import Settings
from chathaven.engines.scan.folders import Search
from chathaven.entry.proof.fields import HOSTED
from chathaven.entry.proof.prove import prove
from chathaven.entry.proof.report import in_words
from tests.driving import Server
from tests.erasure.letterbox import Letterbox, letterbox
from tests.erasure.stage import GOES, Stage, of, personal
from tests.ground import private_folder
from tests.interface.rows import superuser

pytestmark = pytest.mark.slow


class Hosted(NamedTuple):
    """The server, its settings, what its mail server was given, and where its files lie."""

    server: Server
    names: dict[str, str]
    box: Letterbox
    files: Path


def installation() -> dict[str, Any]:
    """Who runs it for others, with a sub-processor that comes in ten days."""
    return {
        "hosting": "others",
        "company": "Example Chat GmbH",
        "address": "Beispielweg 1, 10115 Berlin, Germany",
        "email": "privacy@chat.example.com",
        "location": "Germany",
        "law": "Germany",
        "signatory": {"name": "Mary Somerville", "title": "Managing director"},
        "subprocessors": [
            {
                "id": "machine-room",
                "name": "Machine Room AG",
                "address": "Serverstrasse 2, 60311 Frankfurt, Germany",
                "contact": "privacy@machine-room.example",
                "location": "Frankfurt, Germany",
                "purpose": "rented machines",
                "data_categories": ["all data of the chat, encrypted"],
                "transfer_tool": None,
                "effective_from": f"{now() + timedelta(days=10):%Y-%m-%d}",
            }
        ],
    }


@pytest.fixture(scope="module")
def hosted(temporary: Path) -> Iterator[Hosted]:
    with private_folder() as folder, letterbox() as box:
        files = folder / "elsewhere"
        files.mkdir(mode=0o700)
        names = {"CHATHAVEN_SMTP_URL": box.url, "CHATHAVEN_FILES_URL": files.as_uri()}
        server = Server(folder, TMPDIR=str(temporary), **names)
        server.data.mkdir(mode=0o700)
        (server.data / "installation.json").write_text(json.dumps(installation()))
        with server:
            yield Hosted(server, names, box, files)


def test_everything_that_is_claimed_holds_there_too(hosted: Hosted) -> None:
    settings = Settings.from_env(hosted.names, data=hosted.server.data)
    proof = prove(settings, hosted.server.url, lambda _: None)
    words = "\n".join(in_words(proof))
    assert proof.holds, words
    assert "letters that were handed to the mail server" in words
    assert hosted.box.letters, "letters were handed over, and are searched for nowhere else"
    assert not list((hosted.server.data / "outbox").glob("*"))


def test_what_only_such_a_company_fills_in_is_sealed_given_out_and_goes(hosted: Hosted) -> None:
    stage = Stage(hosted.server, **hosted.names)
    company = stage.company
    planted = [each for each in company.canaries if each.field in HOSTED]
    assert {each.field for each in planted} == set(HOSTED)
    before = stage.everywhere(hosted.files)
    assert personal(before) == [], "sealed wherever it lies"
    search = Search(stage.patterns)
    copy = search.canaries_in("the account's copy", company.exported())
    assert {each.field for each in copy} >= set(HOSTED), "and read back by who may"
    stage.goes.erase()
    assert of(stage.everywhere(hosted.files), GOES) == []
    company.close()
    assert personal(stage.everywhere(hosted.files)) == []
    with superuser(hosted.server) as connection:
        for table in sorted({field.partition(".")[0] for field in HOSTED}):
            rows = connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE account_id = %s").format(
                    sql.Identifier(table)
                ),
                (company.account_id,),
            ).fetchone()
            assert rows == (0,), table
    stage.close()
