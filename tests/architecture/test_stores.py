"""Nothing that can hold a person's data comes to be without erasing reaching it.

A new table, folder under the data folder, job, letter or cache fails here until somebody has said
how it is emptied, or why it holds nothing about anybody.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chathaven.base.settings import Settings
from chathaven.engines.database.people import tables_about_people
from chathaven.engines.database.tables import Table
from chathaven.engines.database.urls import DatabaseUrls
from chathaven.entry.ground import Process, build
from tests.architecture.test_names_and_sizes import ROOT, name_of

SOURCES = sorted((ROOT / "src/chathaven").rglob("*.py"))

# Tables with ids besides the account's and their own, and no person: why that is right.
NOT_ABOUT_SOMEBODY = {
    "account_erasures": "the record of an erasure: the account's id goes when it is done",
    "account_exports": "who asked: a random id of the team",
    "audit_lines": "what was done, by and to random ids; kept, and named in every certificate",
    "breach_scopes": "a breach, and who asked for its scope",
    "erasures": "the record of an erasure: the person's id goes when it is done",
    "export_grants": "which sign-in may fetch an export, for minutes",
    "rights_requests": "that somebody asked, with what became of it; who asked is a row beside it",
    "rights_steps": "what was done with a request, by random ids of the team",
    "terms_acceptances": "that somebody of the team accepted the terms, by a random id",
}

# What stands directly in the data folder, and who empties it.
FOLDERS = {
    "exports": "the store `files of exports`",
    "files": "the store `objects of files`",
    "outbox": "the store `letters`",
    "anchors": "numbers and hashes of audit logs; they go with the account",
    "ledger": "marks of erasures: keyed hashes of random ids, which have to stay",
    "legal": "texts that whoever runs the installation puts there",
    "postgres": "the tables",
    "postmaster.pid": "not ours: the server's own, inside its folder",
}

# What is kept in memory by key, and who forgets.
CACHES = {
    "product/legal/changes.py": "legal texts of the installation, which are public",
    "product/legal/verdicts.py": "forms of sentences, about nobody",
    "engines/vault/keys.py": "the store `memory`: keys of people; and keys of accounts",
    "product/chats/names.py": "the store `memory`: names",
    "product/access/gate.py": "forgotten when somebody is erased, and after seconds: ids only",
    "product/audit/opened.py": "who opened which chat, for minutes: ids only",
    "product/messages/missed.py": "chats that were told of, for minutes: ids only",
    "product/sites/find.py": "sites",
    "product/consents/notices.py": "texts that are shown to everybody",
    "engines/web/limits.py": "moments by random ids; nothing of anybody",
    "engines/web/body.py": "shapes of requests",
    "product/records/api.py": "a file of the program",
    "product/rights/letters.py": "files of the program",
    "product/privacy/certificate.py": "a hash of the data map",
    "product/privacy/schemas.py": "files of the program",
}
CACHE_WORDS = {"TimedCache", "TTLCache", "LRUCache", "LFUCache", "TLRUCache", "lru_cache", "cache"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Process:
    """A process as it is built at every start, with nothing running."""
    data = tmp_path_factory.mktemp("data")
    settings = Settings(data, "http://127.0.0.1:1", data / "keyring.json")
    return build(settings, DatabaseUrls("postgresql:///none", "postgresql:///none"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT / "src/chathaven").as_posix()


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            yield path, node


def test_every_table_about_somebody_is_a_store(process: Process) -> None:
    names = [store.name for store in process.ground.stores]
    assert len(names) == len(set(names))
    assert {table.__tablename__ for table in tables_about_people()} <= set(names)
    # Without its key nothing of a person can be opened: it goes after all other rows.
    rows = [name for name in names if name in Table.metadata.tables]
    assert rows[-1] == "person_keys"
    others = {
        *("open streams", "queued jobs", "files of exports", "objects of files", "letters"),
        "memory",
    }
    assert others <= set(names)
    assert all(store.method for store in process.ground.stores)


def test_a_table_with_ids_says_whom_they_are_about(process: Process) -> None:
    with_ids = {
        mapper.class_.__tablename__
        for mapper in Table.registry.mappers
        if issubclass(mapper.class_, Table) and mapper.class_.holding.person is None
        for column in mapper.class_.__table__.columns
        if "uuid" in str(column.type).lower() or str(column.type) == "CHAR(32)"
        if column.name not in {"account_id", "id"}
    }
    assert {"audit_lines", "erasures"} <= with_ids, "tables are not seen"
    assert with_ids - NOT_ABOUT_SOMEBODY.keys() == set()


def test_every_job_says_whom_it_is_about(process: Process) -> None:
    about = process.ground.queue.about
    assert len(about) > 8
    assert [name for name, table in about.items() if table == "unsaid"] == []
    for name, table in about.items():
        if table is not None and table != "unsaid":
            assert table.holding.person is not None, name
            assert "id" in table.__table__.c, name


def test_every_letter_says_whom_it_is_about() -> None:
    letters = [
        (path, node)
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "send"
        and "post" in ast.unparse(node.func.value).split(".")[-1]
    ]
    assert len(letters) >= 3
    unsaid = [
        f"{name_of(path)}:{node.lineno}"
        for path, node in letters
        if "about" not in {keyword.arg for keyword in node.keywords}
    ]
    assert unsaid == []


def test_every_folder_is_emptied_by_somebody() -> None:
    found = {
        node.right.value
        for _, node in nodes()
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and isinstance(node.right, ast.Constant)
        and isinstance(node.right.value, str)
        and ast.unparse(node.left).split(".")[-1] == "data"
    }
    assert {"exports", "outbox"} <= found
    assert found - FOLDERS.keys() == set()


def test_every_cache_is_forgotten_by_somebody() -> None:
    found = set()
    for path, node in nodes():
        if isinstance(node, ast.Call):
            names = {ast.unparse(node.func).split(".")[-1]}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {ast.unparse(each).split(".")[-1] for each in node.decorator_list}
        else:
            continue
        if names & CACHE_WORDS:
            found.add(relative(path))
    assert "engines/vault/keys.py" in found
    assert found - CACHES.keys() == set()
