"""Takes a case along the straight road for tests of faces; the accounts are those of `tests.staff`."""

from typing import Any

from tests.district import District
from xiucheng.cases import actions
from xiucheng.cases.models import Case
from xiucheng.people.models import Account
from xiucheng.people.queries import holder
from xiucheng.rules.workflow import Actor

RAIL = actions.Submission(
    channel="web", kind="complaint", words="南坪火锅店门口护栏倒了", place="南坪西路火锅店", lng=106.57, lat=29.53
)
PICTURE = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 4, "height": 3}


def steps(district: District) -> list[tuple[str, str, str, dict[str, Any]]]:
    """State, act, post and form, in order."""
    return [
        ("to_file", "register", "operator", {"category": district.category}),
        ("to_dispatch", "file", "shift_leader", {"standard": district.standard}),
        ("handling", "dispatch", "dispatcher", {"unit": district.unit}),
        ("to_check", "feed_back", "handler", {"pictures": [PICTURE], "words": "已扶正"}),
        ("checking", "send_check", "operator", {}),
        ("to_close", "check", "officer", {"pictures": [PICTURE], "condition": True}),
        ("closed", "close", "shift_leader", {"standard": district.standard}),
    ]


def take_to(state: str, district: District, house: dict[str, Account], given: actions.Submission = RAIL) -> Case:
    """A new case in this state."""
    done = actions.submit(given, Actor("resident"))
    if state == "verifying":
        actions.act(done.case_id, "register", holder(house["operator"]).actor(), {"category": district.category})
        actions.act(done.case_id, "send_verify", holder(house["operator"]).actor(), {})
    elif state != "to_register":
        for reached, act, post, form in steps(district):
            actions.act(done.case_id, act, holder(house[post]).actor(), form)
            if reached == state:
                break
    return Case.objects.get(id=done.case_id)
