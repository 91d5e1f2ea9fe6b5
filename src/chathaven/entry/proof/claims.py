"""What is claimed, and whether it held: each claim is one sentence with what was seen."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chathaven.engines.scan.canary import Canary
from chathaven.engines.scan.folders import Looked, Search
from chathaven.engines.scan.patterns import Patterns
from chathaven.engines.scan.stream import Hit
from chathaven.entry.proof.company import Company
from chathaven.entry.proof.person import Person
from chathaven.entry.proof.places import OUTBOX, SQL

GONE = frozenset({401, 404})


class Claim(msgspec.Struct):
    """One sentence, whether it held, and what was seen; `finds` is what should not be there."""

    text: str
    holds: bool
    seen: str
    finds: list[Hit] = []


class Words(msgspec.Struct):
    """Counts over the stores of one search."""

    when: str
    stores: list[Looked]

    @property
    def hits(self) -> list[Hit]:
        """Everything that was found where nothing was to be."""
        return [hit for store in self.stores for hit in store.hits]

    @property
    def everything(self) -> list[Hit]:
        """Everything that was found, also where it may stand."""
        return [hit for store in self.stores for hit in (*store.hits, *store.by_design)]


def sees_itself(patterns: Patterns) -> Claim:
    """The search knows every shape that it is to find."""
    missed = patterns.missed()
    return Claim(
        "The search finds every shape of every canary that it looks for",
        not missed,
        f"{patterns.count} shapes of {len(patterns.canaries)} canaries, {len(missed)} not found",
    )


def sees_what_is_open(found: Words, opens: list[Canary], stores: tuple[str, ...]) -> list[Claim]:
    """Positive control: what is open by design is found where the data map says it stands.

    `stores` are those besides SQL in which it has to be found too.
    """
    stands = {(hit.field, hit.where) for hit in found.everything if hit.store == SQL}
    fields = sorted({each.field for each in opens})
    seen = [each for each in fields if (each, f"public.{each}") in stands]
    claims = [
        Claim(
            "Before: what is open by design is found by SQL, in the column that the data map names",
            seen == fields,
            f"{len(seen)} of {len(fields)}: {', '.join(fields)}",
        )
    ]
    for store in stores:
        there = {hit.field for hit in found.everything if hit.store == store}
        missing = [each for each in fields if each not in there]
        claims.append(
            Claim(
                f"Before: what is open by design is found in {store}",
                not missing,
                f"{len(fields) - len(missing)} of {len(fields)} fields",
            )
        )
    return claims


def sees_letters(found: Words) -> Claim:
    """Positive control: the address of a letter is found in the letter."""
    there = [hit for hit in found.everything if hit.store == OUTBOX]
    return Claim(
        "Before: addresses are found in the letters that wait in the outbox",
        any(hit.field == "invitations.email" for hit in there),
        f"{len(there)} finds",
    )


def sealed_opens(
    text: str, patterns: Patterns, bodies: dict[str, bytes], of: list[Canary]
) -> Claim:
    """Positive control: what is sealed is found where the product opens it."""
    there = fields_in(patterns, bodies)
    missing = [each for each in of if key(each) not in there]
    seen = f"{len(of) - len(missing)} of {len(of)} canaries in {len(bodies)} answers"
    names = sorted({each.field for each in missing})
    return Claim(text, not missing, f"{seen}, missing: {', '.join(names)}" if names else seen)


def nothing_in_the_clear(text: str, hits: Iterable[Hit]) -> Claim:
    """Nothing personal stands anywhere as it was written."""
    found = list(hits)
    stores = sorted({f"{hit.field} in {hit.store}" for hit in found})
    seen = f"{len(found)} finds" + (f": {'; '.join(stores)}" if found else "")
    return Claim(text, not found, seen, found)


def not_handed_out(
    text: str, patterns: Patterns, bodies: dict[str, bytes], of: list[Canary]
) -> Claim:
    """What was erased is in no answer any more."""
    there = fields_in(patterns, bodies)
    left = [each for each in of if key(each) in there]
    return Claim(text, not left, f"{len(left)} of {len(of)} canaries in {len(bodies)} answers")


def forgotten(person: Person) -> list[Claim]:
    """The product does not know the person any more."""
    statuses = person.statuses_when_gone()
    found = person.found_by_search()
    return [
        Claim(
            "After: the product says that there is no such person, chat or token",
            set(statuses.values()) <= GONE,
            ", ".join(sorted(map(str, statuses.values()))),
        ),
        Claim("After: the product's own search finds nothing", found == 0, f"{found} finds"),
    ]


def fields_in(patterns: Patterns, bodies: dict[str, bytes]) -> set[tuple[str, str, str, str]]:
    """Returns which canaries stand in answers of the product, packed or not."""
    search = Search(patterns)
    there: set[tuple[str, str, str, str]] = set()
    for name, body in bodies.items():
        there |= {key(canary) for canary in search.canaries_in(name, body)}
    return there


def key(canary: Canary) -> tuple[str, str, str, str]:
    """Returns what tells a canary from others."""
    return canary.field, canary.whose, canary.script, canary.text or canary.sample.hex()


def hits_of(found: Words, *people: str) -> list[Hit]:
    """Returns what was found of some people, wherever it may stand."""
    return [hit for hit in found.everything if hit.whose.split(",")[0] in people]


def company_claims(patterns: Patterns, company: Company) -> Claim:
    """Positive control for the account itself."""
    # A file that was signed stands in the account's copy, and not in these answers.
    of = [each for each in company.canaries if not each.field.startswith("dpa_files")]
    return sealed_opens(
        "Before: what the owner filled in is read back through the product",
        patterns,
        company.shown(),
        of,
    )
