"""What the tree promises: names that say something, files that can be read in one sitting."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ("src", "tests", "tools", "migrations", "benchmarks")
REFUSE_NOTHING = {"service", "manager", "utils", "util", "helpers", "common", "core", "lib"}
MOST_LINES = 300

# Longer files, with the reason. The list only shrinks: a file that became shorter has to go.
LONGER = {
    "tests/engines/database/test_embedded.py": "one server's whole life, with its own stagehands",
}


def files(*folders: str, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            built = {"node_modules", "dist", "static", "__pycache__"} & set(parts)
            if path.is_file() and path.suffix in suffixes and not built:
                yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


SOURCES = [
    *files(*PYTHON, suffixes=(".py",)),
    *files("frontend", suffixes=(".ts", ".tsx", ".mjs")),
]


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 100
    assert {path.suffix for path in SOURCES} >= {".py", ".ts", ".tsx"}


def test_no_name_refuses_nothing() -> None:
    words = [
        (name_of(path), word)
        for path in SOURCES
        for part in path.relative_to(ROOT).with_suffix("").parts
        for word in re.split(r"[^a-z]+", part.lower())
        if word in REFUSE_NOTHING
    ]
    assert words == []


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_files_are_short() -> None:
    long = {name_of(path): length(path) for path in SOURCES if length(path) > MOST_LINES}
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}


def test_the_list_of_longer_files_only_shrinks() -> None:
    assert [name for name in LONGER if length(ROOT / name) <= MOST_LINES] == []
    assert len(LONGER) <= 1


# Engines and base know no product

PRODUCT_WORDS = re.compile(
    r"(?:^|_)(visitors?|operators?|chats?|sites?|widgets?|conversations?|bots?|articles?|tickets?"
    r"|invitations?)(?:_|$)"
)
# Identifiers of engines and base that bear a product word all the same, and why.
REASONED = {
    # Who is asking, in the words of the design.
    "base/actor.py": {"Operator", "Visitor", "OPERATOR", "chat_id", "site_id"},
    # The form of every identifier stands in one file.
    "base/ids.py": {"new_site_key"},
    # Whose data, and for how long: the law asks.
    "engines/database/data_map.py": {"VISITOR", "OPERATOR", "CONVERSATION"},
    "engines/vault/model.py": {"VISITOR"},
}


def identifiers(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).rpartition(".")[2])
    return found


def is_product_word(identifier: str) -> bool:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower()
    return PRODUCT_WORDS.search(snake) is not None


def test_the_words_are_seen() -> None:
    assert all(map(is_product_word, ("Visitor", "chat_id", "SITES", "BotFlow")))
    assert not any(
        map(is_product_word, ("operation", "chathaven", "website", "bottom", "opposite"))
    )


@pytest.mark.parametrize(
    "path",
    list(files("src/chathaven/engines", "src/chathaven/base", suffixes=(".py",))),
    ids=name_of,
)
def test_engines_and_base_know_no_product(path: Path) -> None:
    name = path.relative_to(ROOT / "src/chathaven").as_posix()
    words = {each for each in identifiers(path) if is_product_word(each)}
    assert words - REASONED.get(name, set()) == set()
