"""The three questions, and the form that asks them."""

from __future__ import annotations

import itertools

import pytest

from chathaven.product.legal.applies import Given, judge
from tests.product.served import Served

ANSWERS: tuple[Given, ...] = ("yes", "no", None)


@pytest.mark.parametrize("given", list(itertools.product(ANSWERS, repeat=3)))
def test_one_yes_is_enough_and_only_three_times_no_says_that_it_does_not(
    given: tuple[Given, Given, Given],
) -> None:
    verdict = judge(*given)
    assert (verdict in {"established", "offers", "monitors"}) is ("yes" in given)
    assert (verdict == "not") is (given == ("no", "no", "no"))


@pytest.mark.parametrize(
    ("query", "said", "article"),
    [
        ("established=yes", "Yes, the GDPR applies to you.", "Art. 3(1)"),
        ("established=no&offers=yes", "Yes, the GDPR applies to you.", "Art. 27"),
        ("monitors=yes", "Yes, the GDPR applies to you.", "Art. 3(2)(b)"),
        ("established=no&offers=no&monitors=no", "does not apply to you.", "Switzerland"),
        ("established=no", "Not decided yet.", "all three"),
    ],
)
async def test_the_page_answers_without_scripts(
    served: Served, query: str, said: str, article: str
) -> None:
    answer = await served.client().get(f"/gdpr?language=en&{query}")
    assert said in answer.text
    assert article in answer.text
    assert "set-cookie" not in answer.headers
    # What was chosen stays chosen, and the other language keeps it.
    assert answer.text.count(" checked") == query.count("=")
    assert f'href="?{query.replace("&", "&amp;")}&amp;language=de"' in answer.text
    assert ('href="/app/settings/legal"' in answer.text) is (said.startswith("Yes"))


async def test_nothing_is_answered_before_anything_is_asked(served: Served) -> None:
    page = (await served.client().get("/gdpr")).text
    assert 'role="status"' not in page
    assert page.count("<fieldset") == 3


async def test_odd_answers_are_refused(served: Served) -> None:
    assert (await served.client().get("/gdpr?offers=perhaps")).status_code == 422
