"""Whatever is tried in whatever order: a request only goes where the table lets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chathaven.base.errors import Conflict
from chathaven.product.rights.states import FINAL, OPEN, TRANSITIONS, State, check

# Written by hand from A-12-6, so that the table in the code cannot be widened unseen.
ALLOWED = {
    ("received", "identity_pending"),
    ("received", "verified"),
    ("received", "duplicate"),
    ("received", "withdrawn"),
    ("identity_pending", "verified"),
    ("identity_pending", "refused"),
    ("identity_pending", "duplicate"),
    ("identity_pending", "withdrawn"),
    ("verified", "in_scope_check"),
    ("verified", "duplicate"),
    ("verified", "withdrawn"),
    ("in_scope_check", "approved"),
    ("in_scope_check", "refused"),
    ("in_scope_check", "duplicate"),
    ("in_scope_check", "withdrawn"),
    ("approved", "running"),
    ("approved", "withdrawn"),
    ("running", "waiting_external"),
    ("running", "partially_done"),
    ("running", "done"),
    ("waiting_external", "running"),
    ("waiting_external", "partially_done"),
    ("waiting_external", "done"),
    ("partially_done", "running"),
    ("partially_done", "waiting_external"),
    ("partially_done", "done"),
}
CLOSED = {"refused", "done", "duplicate", "withdrawn"}


@given(
    st.sampled_from([each for each in State if each is not State.EXTENDED]), st.sampled_from(State)
)
def test_a_step_is_taken_exactly_where_it_may_be(came_from: State, to: State) -> None:
    extends = to is State.EXTENDED and came_from not in CLOSED
    if (came_from.value, to.value) in ALLOWED or extends:
        check(came_from, to)
    else:
        with pytest.raises(Conflict) as refused:
            check(came_from, to)
        assert refused.value.code == "illegal_step"


def test_every_state_can_be_reached_and_every_open_one_can_end() -> None:
    reached, new = {State.RECEIVED}, {State.RECEIVED}
    while new:
        new = {to for each in new for to in TRANSITIONS[each]} - reached
        reached |= new
    assert reached == set(State) - {State.EXTENDED}
    assert {each.value for each in FINAL} == CLOSED
    ends = set(FINAL)
    while more := {each for each in OPEN - ends if TRANSITIONS[each] & ends}:
        ends |= more
    assert ends == reached


class Desk(RuleBasedStateMachine):
    """Somebody who tries everything."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.RECEIVED
        self.passed = [State.RECEIVED]

    @rule(to=st.sampled_from(State))
    def try_it(self, to: State) -> None:
        try:
            check(self.state, to)
        except Conflict:
            return
        if to is not State.EXTENDED:
            self.state = to
            self.passed.append(to)

    @precondition(lambda self: self.state in FINAL)
    @rule(to=st.sampled_from(State))
    def what_is_closed_stays_closed(self, to: State) -> None:
        with pytest.raises(Conflict):
            check(self.state, to)

    @invariant()
    def nothing_is_done_for_somebody_unknown_or_unchecked(self) -> None:
        if self.state in {State.RUNNING, State.DONE, State.PARTIALLY_DONE, State.WAITING_EXTERNAL}:
            order = [State.VERIFIED, State.IN_SCOPE_CHECK, State.APPROVED, State.RUNNING]
            assert [each for each in self.passed if each in order][:4] == order
        if self.state is State.REFUSED:
            assert self.passed[-2] in {State.IDENTITY_PENDING, State.IN_SCOPE_CHECK}


TestDesk = Desk.TestCase
