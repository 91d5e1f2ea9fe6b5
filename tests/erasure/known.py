"""What a model knows of people and their messages, beside the product's own account of them."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace

from tests.driving import VisitorClient

VISITOR, OPERATOR = "visitor", "operator"


@dataclass
class Said:
    """One message; its text is None once it is deleted."""

    id: str
    by: str
    text: str | None


@dataclass
class Known:
    """One visitor as the model knows them."""

    client: VisitorClient
    chat_id: str
    name: str | None = None
    said: list[Said] = field(default_factory=list)
    marketing: str | None = None
    proof: str | None = None
    """What their newest receipt of the marketing question says."""
    restricted: bool = False
    holds: set[str] = field(default_factory=set)
    asked: bool = False
    gone: bool = False
    into: str | None = None
    """The id of the visitor into whom they were merged."""
    withdrew: bool = False
    was_restricted: bool = False
    times_held: int = 0
    """What was done to protect them since the backup: a restore does it again."""

    @property
    def id(self) -> str:
        """The visitor's id."""
        return self.client.visitor_id

    @property
    def path(self) -> str:
        """Their address for operators."""
        return f"/v1/visitors/{self.id}"

    @property
    def kept_apart(self) -> bool:
        """Whether their data is kept and not used."""
        return self.restricted or bool(self.holds)

    @property
    def hidden(self) -> bool:
        """Whether operators see nothing of them."""
        return self.gone or self.kept_apart

    @property
    def unread(self) -> int:
        """How many of their messages nobody has answered: an answer reads all before it."""
        count = 0
        for each in self.said:
            count = 0 if each.by == OPERATOR else count + (each.text is not None)
        return count

    @property
    def standing(self) -> Counter[str]:
        """What stands against the use of their data, by kind."""
        return Counter({"restriction": int(self.restricted), "hold": len(self.holds)})

    def says(self, words: str) -> bool:
        """Whether a search for words finds them: by their name, or by what was said."""
        told = (self.name, *(each.text for each in self.said))
        return any(words in each.casefold() for each in told if each)

    @property
    def texts(self) -> list[tuple[str, str | None]]:
        """What both sides see of what was said."""
        return [(each.by, each.text) for each in self.said]

    def answers(self, answer: str) -> None:
        """Says yes or no to the marketing question; the same once more changes nothing."""
        withdraws = (self.marketing, answer) == ("yes", "no")
        self.withdrew |= withdraws
        if answer != self.marketing:
            self.proof = "given" if answer == "yes" else "withdrawn" if withdraws else "refused"
        self.marketing = answer

    def refused(self, by: str) -> tuple[int, str | None] | None:
        """Returns how a change of a message is refused whoever wrote it, or None."""
        if by == VISITOR and self.asked:
            return 401, None
        if by == OPERATOR and self.hidden:
            return 404, None
        return None

    def kept(self, said: Said) -> tuple[int, str | None] | None:
        """Returns why a message stays as it is, or None."""
        if self.holds:
            return 409, "held"
        if self.restricted:
            return 409, "processing_restricted"
        return (409, "message_deleted") if said.text is None else None


@dataclass
class World:
    """Everybody."""

    people: list[Known] = field(default_factory=list)

    def one(self, pick: int) -> Known:
        """Returns somebody."""
        return self.people[pick % len(self.people)]

    def person(self, who: Known) -> list[Known]:
        """Returns all who are the same person, theirs too, but for those who are gone."""
        head = who.into or who.id
        return [each for each in self.people if not each.gone and head in {each.id, each.into}]

    def merged(self, who: Known) -> list[Known]:
        """Returns who was merged into somebody."""
        return [each for each in self.people if each.into == who.id and not each.gone]

    def alone(self, who: Known) -> bool:
        """Whether somebody stands for a person: merged into nobody, or into one of the past."""
        return not any(each.id == who.into and not each.gone for each in self.people)

    def merging(self, who: Known, into: Known) -> tuple[int, str | None]:
        """Returns how a merge is answered."""
        if who is into or (into.gone and not who.gone):
            return 422, "invalid"
        if who.gone:
            return 404, None
        if any(each.kept_apart or each.asked for each in (who, into)):
            return 409, None
        if who.into == into.id:
            return 200, None
        if who.into or into.into or self.merged(who):
            return 409, "merged_already"
        return 200, None

    def parting(self, who: Known) -> int:
        """Returns how undoing a merge is answered."""
        if who.gone or who.into is None:
            return 404
        return 409 if any(each.kept_apart or each.asked for each in self.person(who)) else 204

    def let_go(self, who: Known) -> None:
        """Takes a person away: those of the same whose erasure was asked for.

        Whoever had been merged into somebody who goes is a person of their own.
        """
        going = [each for each in self.person(who) if each.asked]
        for each in self.person(who):
            each.into = None if each.into in {p.id for p in going} else each.into
        for each in going:
            each.gone, each.restricted = True, False

    def copy(self) -> World:
        """Returns everybody as they are now; the browsers stay the same."""
        return World(
            [replace(each, said=deepcopy(each.said), holds=set(each.holds)) for each in self.people]
        )

    def backed_up(self) -> World:
        """Returns everybody as they are in a backup that is made now; what is done counts anew."""
        for each in self.people:
            each.withdrew, each.was_restricted, each.times_held = False, False, 0
        return self.copy()

    def restored(self, before: World) -> World:
        """Returns the world after a backup of `before` is restored: who is gone stays gone, what
        was done to protect people stays done, and whoever came since was never there.

        Holds that were placed since have other ids then, and are not in it.
        """
        now = {each.id: each for each in self.people}
        deleted = {said.id for each in self.people for said in each.said if said.text is None}
        for each in before.people:
            each.restricted |= now[each.id].was_restricted
            each.times_held = now[each.id].times_held
            if now[each.id].withdrew and each.marketing == "yes":
                each.marketing, each.proof = "no", "withdrawn"
            for said in each.said:
                said.text = None if said.id in deleted else said.text
        gone = {each.id for each in self.people if each.gone}
        came = [each for each in self.people if each.id not in {p.id for p in before.people}]
        for each in before.people:
            each.gone |= each.id in gone
        for each in before.people + came:
            if each in came or each.gone:
                each.gone, each.asked, each.restricted, each.holds = True, True, False, set()
        return World(before.people + came)
