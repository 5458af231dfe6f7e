"""Two at once (两人同时): eight people press the same button on one case of a real server; one wins, seven read the new state."""

import secrets
import threading
from collections import Counter
from typing import Any

import httpx
import pytest
from tests.house.conftest import House
from tests.road import PICTURE, steps, take_to

from xiucheng.api.actions import give_token
from xiucheng.cases.models import Case, History, Picture
from xiucheng.city import clock
from xiucheng.intake.models import Upload

pytestmark = pytest.mark.slow
PEOPLE = 8
BEFORE = ["to_register", "to_file", "to_dispatch", "handling", "to_check", "checking", "to_close"]


def press(address: str, tokens: list[str], bodies: list[tuple[str, dict[str, Any]]]) -> list[tuple[int, Any]]:
    """Everybody waits at the barrier, then presses; gives all answers."""
    barrier = threading.Barrier(len(tokens))
    answers: list[tuple[int, Any]] = [(0, None)] * len(tokens)

    def one(place: int, client: httpx.Client) -> None:
        act, body = bodies[place]
        barrier.wait()
        answer = client.post(f"{address}/acts/{act}", json=body, headers={"Authorization": f"Bearer {tokens[place]}"})
        answers[place] = (answer.status_code, answer.json())

    clients = [httpx.Client(trust_env=False, timeout=30) for _ in tokens]
    for client in clients:
        client.get(address)
    threads = [threading.Thread(target=one, args=(i, client)) for i, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    return answers


def token(house: House, post: str) -> str:
    return give_token(by=house.people["security_admin"], account=house.people[post], name=post)


def uploaded(form: dict[str, Any]) -> dict[str, Any]:
    """The act's form as a phone sends it: pictures by their upload codes."""
    if "pictures" not in form:
        return form
    code = secrets.token_urlsafe(16)
    Upload.objects.create(token=code, size=1, offset=1, created_at=clock.now(), picture=PICTURE)
    return {**form, "pictures": [code]}


@pytest.mark.parametrize("step", range(len(BEFORE)), ids=BEFORE)
def test_one_wins_and_seven_read_the_new_state(house: House, step: int) -> None:
    reached, act, post, form = steps(house.district)[step]
    case = take_to(BEFORE[step], house.district, house.people)
    bodies = [(act, {**uploaded(form), "version": case.version}) for _ in range(PEOPLE)]
    answers = press(f"{house.url}/api/v1/cases/{case.number}", [token(house, post)] * PEOPLE, bodies)
    assert Counter(status for status, _ in answers) == {200: 1, 409: PEOPLE - 1}
    lost = [content for status, content in answers if status == 409]
    assert {(c["code"], c["state"], c["version"]) for c in lost} == {("someone_faster", reached, case.version + 1)}
    after = Case.objects.get(id=case.id)
    assert (after.state, after.version) == (reached, case.version + 1)
    assert History.objects.filter(case_id=case.id, act=act).count() == 1
    assert Picture.objects.filter(case=case, stage="after").count() == (1 if act == "feed_back" else step > 3)


def test_two_different_acts_never_both_happen(house: House) -> None:
    case = take_to("handling", house.district, house.people)
    back = ("return", {"reason": "不是本单位职责", "version": case.version})
    away = ("transfer", {"unit": house.district.other_unit, "reason": "改派", "version": case.version})
    tokens = [token(house, "unit"), token(house, "dispatcher")] * 4
    answers = press(f"{house.url}/api/v1/cases/{case.number}", tokens, [back, away] * 4)
    statuses = Counter(status for status, _ in answers)
    after = Case.objects.get(id=case.id)
    assert (statuses[200], statuses[409] + statuses[404]) == (1, PEOPLE - 1)
    assert (after.version, after.returned, after.unit_id == house.district.other_unit) in {
        (case.version + 1, True, False),
        (case.version + 1, False, True),
    }


def test_notes_of_eight_people_are_all_kept(house: House) -> None:
    case = take_to("handling", house.district, house.people)
    bodies = [("note", {"words": f"第{place}条", "version": case.version}) for place in range(PEOPLE)]
    answers = press(f"{house.url}/api/v1/cases/{case.number}", [token(house, "dispatcher")] * PEOPLE, bodies)
    notes = History.objects.filter(case_id=case.id, act="note").order_by("seq")
    assert [status for status, _ in answers] == [200] * PEOPLE
    assert sorted(n.words for n in notes) == [f"第{place}条" for place in range(PEOPLE)]
    assert [n.seq for n in notes] == list(range(case.version + 1, case.version + 1 + PEOPLE))


def test_same_report_from_eight_lines_is_taken_once(house: House) -> None:
    barrier = threading.Barrier(PEOPLE)
    answers: list[httpx.Response] = []

    def one() -> None:
        with httpx.Client(trust_env=False, timeout=30) as client:
            barrier.wait()
            answers.append(
                client.post(
                    f"{house.url}/api/v1/reports", json={"words": "护栏倒了"}, headers={"Idempotency-Key": "one"}
                )
            )

    threads = [threading.Thread(target=one) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(a.status_code for a in answers) == {201: 1, 200: PEOPLE - 1}
    numbers = {a.json()["number"] for a in answers}
    assert Case.objects.filter(number__in=numbers).count() == 1
