"""What is claimed of files: that they are kept without what was not meant, and go with a person."""

from __future__ import annotations

from collections.abc import Iterable

from chathaven.engines.scan.patterns import Patterns
from chathaven.entry.proof.claims import Claim, fields_in, key
from chathaven.entry.proof.person import Person


def nothing_of_cameras(
    patterns: Patterns, people: Iterable[Person], bodies: dict[str, bytes]
) -> Claim:
    """What a camera or a program noted in pictures was sent, and is handed out to nobody."""
    files = [each.file for person in people for each in person.sent]
    planted = {key(canary) for file in files for canary in file.dropped}
    sent = fields_in(patterns, {str(number): file.body for number, file in enumerate(files)})
    there = planted & fields_in(patterns, bodies)
    return Claim(
        "Before: what a camera or a program noted in pictures was sent, and is in nothing that is"
        " handed out",
        bool(planted) and planted <= sent and not there,
        f"{len(planted & sent)} of {len(planted)} were in the files as sent, {len(there)} in"
        f" {len(bodies)} answers",
    )


def objects_are(when: str, people: Iterable[Person], objects: int) -> Claim:
    """The store of files holds exactly what was sent by those who are there."""
    expected = sum(len(each.paths()) for person in people for each in person.sent)
    return Claim(
        f"{when}: the store of files holds the files and small pictures of who is there, and no"
        " others",
        objects == expected,
        f"{objects} of {expected} objects",
    )
