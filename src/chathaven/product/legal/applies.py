"""Whether the GDPR applies to a company: the three questions of Article 3."""

from __future__ import annotations

from typing import Literal, NamedTuple

Given = Literal["yes", "no"] | None
Verdict = Literal["unanswered", "established", "offers", "monitors", "not"]


class Question(NamedTuple):
    """One question, the name of its field, and the article behind it."""

    name: Literal["established", "offers", "monitors"]
    article: str


QUESTIONS = (
    Question("established", "Art. 3(1)"),
    Question("offers", "Art. 3(2)(a)"),
    Question("monitors", "Art. 3(2)(b)"),
)


def judge(established: Given, offers: Given, monitors: Given) -> Verdict:
    """Returns what follows: one "yes" is enough, and only three times "no" says that it does not.

    The first article that makes it apply is named.
    """
    if established == "yes":
        return "established"
    if offers == "yes":
        return "offers"
    if monitors == "yes":
        return "monitors"
    return "not" if established == offers == monitors == "no" else "unanswered"
