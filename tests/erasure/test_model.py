"""A model of what everybody sees, and the product beside it: they agree after every step.

Games begin with an opening, for what chance would take too long to come to, and go on by chance.
`CHATHAVEN_MODEL_EXAMPLES=200` plays more of them than the suite does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.driving import Server
from tests.entry.backups import PASSPHRASE
from tests.erasure.game import Game
from tests.erasure.known import OPERATOR, VISITOR
from tests.ground import private_folder

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("CHATHAVEN_MODEL_EXAMPLES", "6"))
STEPS = int(os.environ.get("CHATHAVEN_MODEL_STEPS", "20"))
SHARE = 6
"""How many times fewer and shorter games are that begin with an opening."""
Opening = Callable[[Game], None]


def come(game: Game, many: int) -> None:
    """So many come, and say something that nobody else says."""
    for who in range(many):
        game.come()
        game.say(who, chr(ord("a") + who))


def look(game: Game) -> None:
    """Compares in the middle of an opening, as is done after it and after every other step."""
    game.everybody_sees_what_the_model_says()


def nobody(game: Game) -> None:
    """Chance alone."""


def each_in_turn(game: Game) -> None:
    """Every rule has its effect at least once, and is compared on its own."""
    come(game, 3)
    game.answer(0, "so it is")
    steps: list[Callable[[], None]] = [
        lambda: game.edit(0, 0, VISITOR, "not so"),
        lambda: game.edit(0, 1, OPERATOR, "it is not"),
        lambda: game.delete(0, 0, VISITOR),
        lambda: game.say_again(0, 0),
        lambda: game.delete(0, 1, OPERATOR),
        lambda: game.identify(1, "Vera"),
        lambda: game.consent(1, "yes"),
        lambda: game.consent(1, "no"),
        lambda: game.consent(1, "yes"),
        lambda: game.merge(0, 1),
        lambda: game.part(0),
        lambda: game.hold(1),
        lambda: game.restrict(1),
        lambda: game.lift(1),
        lambda: game.release(1),
        lambda: game.erase(1),
    ]
    for step in steps:
        step()
        look(game)


def erased_as_the_one(game: Game) -> None:
    """An operator erases a person by the visitor into whom another was merged."""
    come(game, 3)
    game.merge(0, 1)
    game.erase(1)


def erased_as_the_other(game: Game) -> None:
    """The same by the one who was merged: restricted, held, and erased when the hold ends."""
    come(game, 3)
    game.merge(0, 1)
    game.restrict(1)
    look(game)
    game.lift(0)
    game.hold(0)
    look(game)
    game.erase(0)
    look(game)
    game.restrict(2)
    game.release(0)


def left_alone(game: Game) -> None:
    """A visitor erases themselves, and not whom somebody took for them."""
    come(game, 3)
    game.merge(0, 1)
    game.leave(1)


def killed_and_restored(game: Game) -> None:
    """All that protects somebody is done, or ends, after the backup that is restored; and the
    server dies right after it said so.
    """
    come(game, 7)
    game.merge(0, 1)
    game.merge(5, 6)
    game.consent(2, "yes")
    game.consent(3, "yes")
    game.answer(3, "so it is")
    game.restrict(4)
    game.hold(4)
    game.back_up()
    game.restrict(0)
    game.hold(2)
    game.hold(2)
    game.consent(3, "no")
    game.delete(3, 0, VISITOR)
    game.delete(3, 1, OPERATOR)
    game.crash()
    look(game)
    game.lift(4)
    game.release(1)
    game.erase(5)
    game.restore()


def play(server: Server, folder: Path, opening: Opening, **given: object) -> None:
    """Plays games on a server: many by chance alone; with an opening few, and not for long."""
    share = 1 if opening is nobody else SHARE
    here = type("Here", (Game,), {"server": server, "folder": folder, "opening": opening, **given})
    run_state_machine_as_test(
        here,
        settings=settings(
            max_examples=max(1, EXAMPLES // share),
            stateful_step_count=max(1, STEPS // share),
            deadline=None,
            # An opening is as it is: to look for a shorter game would take minutes, and find none.
            phases=tuple(Phase) if opening is nobody else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    "opening", [nobody, each_in_turn, erased_as_the_one, erased_as_the_other, left_alone]
)
def test_model_and_product_agree(server: Server, tmp_path: Path, opening: Opening) -> None:
    play(server, tmp_path, opening)


@pytest.fixture
def mortal() -> Iterator[tuple[Server, Path]]:
    """A server that a test kills and restores, and where its backups are."""
    with private_folder() as folder:
        secret = folder / "passphrase"
        secret.write_text(PASSPHRASE)
        secret.chmod(0o600)
        with Server(folder) as server:
            yield server, folder


def test_they_agree_when_it_dies_and_comes_back(mortal: tuple[Server, Path]) -> None:
    server, folder = mortal
    play(server, folder, killed_and_restored, may_kill=True)
