"""Who may follow what: denied unless somebody's post, unit or tracking code allows it."""

import pytest
from tests.district import District

from xiucheng.cases import actions
from xiucheng.live.topics import allow
from xiucheng.people.queries import Holder
from xiucheng.rules.workflow import Actor

pytestmark = pytest.mark.django_db


def holder(*posts: str, unit: int | None = None) -> Holder:
    return Holder(5, "某", frozenset(posts), (), unit, False)


@pytest.mark.parametrize("topic", ["queue:to_register", "map", "unit:1", "inbox", "case:A1", "", "nonsense", "track:"])
def test_allow_nobody_follows_nothing(topic: str) -> None:
    assert allow([topic], None) is None


@pytest.mark.parametrize("topic", ["queue:to_register", "unit:1", "case:A1", "queue:nonsense", "nonsense"])
def test_allow_a_unit_follows_no_queue_nor_other_unit(topic: str) -> None:
    assert allow([topic], holder("unit", unit=2)) is None


def test_allow_without_posts_follows_nothing() -> None:
    assert allow(["inbox"], holder(unit=2)) is None


def test_allow_own_unit_and_inbox() -> None:
    found = allow(["unit:2", "inbox"], holder("unit", unit=2))
    assert found is not None
    assert (found.names, sorted(found.inboxes)) == ({"unit:2": "unit:2"}, ["account:5", "post:unit", "unit:2"])


def test_allow_the_centre_follows_queues() -> None:
    found = allow(["queue:to_register"], holder("operator"))
    assert found is not None and found.names == {"queue:to_register": "queue:to_register"}


def test_allow_one_forbidden_topic_forbids_all() -> None:
    assert allow(["inbox", "unit:3"], holder("unit", unit=2)) is None


def test_allow_a_resident_with_his_code(people: dict[str, Actor], district: District) -> None:
    done = actions.submit(actions.Submission(channel="web", kind="complaint", words="护栏倒了"), people["resident"])
    found = allow([f"track:{done.token}"], None)
    assert found is not None and found.names == {f"case:{done.case_id}": f"track:{done.token}"}


def test_allow_a_wrong_code_is_refused() -> None:
    assert allow(["track:AAAAAAAAAAAAAAAA"], None) is None


def test_allow_a_case_of_ones_unit_only(people: dict[str, Actor], district: District) -> None:
    done = actions.submit(actions.Submission(channel="web", kind="complaint", words="护栏倒了"), people["resident"])
    topic = f"case:{done.number}"
    assert allow([topic], holder("unit", unit=district.unit)) is None
    assert allow([topic], holder("operator")) is not None


def test_allow_calls_at_ones_seat_to_operators_only() -> None:
    found = allow(["calls"], holder("operator"))
    assert found is not None and found.inboxes == {"calls:5": "calls", "calls:all": "calls"}
    assert [allow(["calls"], who) for who in (None, holder("unit", unit=2), holder("leader"))] == [None] * 3
