"""One act waits for another (前后脚): whoever comes second sees all that the first has done, not what was there when he began to wait."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests.district import District
from tests.road import PICTURE, take_to
from tests.staff import staff

from xiucheng.cases.actions import Outcome, act
from xiucheng.cases.models import Case, Clock, History
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

pytestmark = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
People = dict[str, Actor]


def behind(first: Callable[[], Any], second: Callable[[], Outcome]) -> Outcome | Refused:
    """The second begins while the first has not committed; gives the second's answer."""
    answers: list[Outcome | Refused] = []

    def late() -> None:
        try:
            answers.append(second())
        except Refused as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    with transaction.atomic():
        first()
        thread.start()
        while not _waits():
            time.sleep(0.01)  # until the database says that the second waits for a lock
    thread.join()
    return answers[0]


def _waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_feedback_right_behind_a_dispatch_stops_the_clock_that_the_dispatch_began(
    lasting: None, district: District, people: People
) -> None:
    case = take_to("to_dispatch", district, staff(district))
    behind(
        lambda: act(case.id, "dispatch", people["dispatcher"], {"unit": district.unit}),
        lambda: act(case.id, "feed_back", people["unit"], {"words": "已扶正", "pictures": [PICTURE]}),
    )
    handling = Clock.objects.get(case=case, kind="handling")
    assert (Case.objects.get(id=case.id).state, handling.running_since, handling.outcome) == (
        "to_check",
        None,
        "on_time",
    )


def test_same_key_right_behind_itself_gives_the_first_answer(lasting: None, district: District, people: People) -> None:
    case = take_to("handling", district, staff(district))

    def note() -> Outcome:
        return act(case.id, "note", people["dispatcher"], {"words": "已联系"}, key="same")

    found = behind(note, note)
    assert isinstance(found, Outcome)
    assert (found.version, found.again) == (case.version + 1, True)
    assert History.objects.filter(case_id=case.id, act="note").count() == 1


def test_same_key_on_two_cases_at_once_is_refused(lasting: None, district: District, people: People) -> None:
    house = staff(district)
    one, other = take_to("handling", district, house), take_to("handling", district, house)
    found = behind(
        lambda: act(one.id, "note", people["dispatcher"], {"words": "已联系"}, key="same"),
        lambda: act(other.id, "note", people["dispatcher"], {"words": "已联系"}, key="same"),
    )
    assert isinstance(found, Refused)
    assert found.code == "key_reused"
    assert History.objects.filter(case_id=other.id, act="note").count() == 0
