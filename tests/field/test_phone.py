"""The phone in the street: an officer's tasks and a unit's work, form by form."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.district import District
from tests.road import take_to
from tests.staff import person, staff

from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Picture, Report, Task
from xiucheng.cases.models import Clock as Running
from xiucheng.cases.queries.scope import scope_of
from xiucheng.cases.queries.tasks import tasks
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.people.models import Account
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused


@pytest.fixture
def house(district: District) -> dict[str, Account]:
    return staff(district)


def photo(colour: str = "red") -> SimpleUploadedFile:
    image = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(image, "JPEG")
    return SimpleUploadedFile("photo.jpg", image.getvalue(), content_type="image/jpeg")


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def give(task: Task, account: Account) -> Task:
    Task.objects.filter(id=task.id).update(account_id=account.id)
    return Task.objects.get(id=task.id)


def test_officer_verifies_with_picture_and_place(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["officer"])
    form = {"finding": "found", "pictures": photo(), "at_lng": "106.5711", "at_lat": "29.5311", "version": case.version}
    answer = as_(house["officer"]).post(reverse("field:report_back", args=[task.id, "verify"]), form)
    shot = Picture.objects.get(case=case, stage="verify")
    after = Case.objects.get(id=case.id)
    assert (answer.status_code, after.state, after.lng) == (302, "to_file", 106.57)
    assert (shot.lng, shot.lat) == (106.5711, 29.5311)


def test_officer_may_correct_the_place(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["officer"])
    form = {"finding": "found", "pictures": photo(), "at_lng": "106.58", "at_lat": "29.54", "correct_place": "1"}
    as_(house["officer"]).post(reverse("field:report_back", args=[task.id, "verify"]), form)
    after = Case.objects.get(id=case.id)
    assert (after.lng, after.lat) == (106.58, 29.54)


def test_without_picture_the_form_comes_back_with_a_sentence(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["officer"])
    answer = as_(house["officer"]).post(
        reverse("field:report_back", args=[task.id, "verify"]), {"finding": "found", "words": "栏杆确实倒了"}
    )
    text = answer.content.decode()
    assert (answer.status_code, "请附上现场照片照片" in text or "请附上现场照片" in text) == (422, True)
    assert "栏杆确实倒了" in text


def test_refused_form_keeps_its_picture(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["officer"])
    answer = as_(house["officer"]).post(reverse("field:report_back", args=[task.id, "verify"]), {"pictures": photo()})
    assert (answer.status_code, answer.content.decode().count('name="upload"')) == (422, 1)


def test_same_form_twice_counts_once(district: District, house: dict[str, Account]) -> None:
    case = take_to("checking", district, house)
    task = give(Task.objects.get(case=case, done_at=None), house["officer"])
    client = as_(house["officer"])
    address = reverse("field:report_back", args=[task.id, "check"])
    answers = [
        client.post(address, {"condition": "1", "pictures": photo(), "key": "k1"}, headers={"X-Queue": "1"})
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert (Case.objects.get(id=case.id).state, Case.objects.get(id=case.id).version) == ("to_close", case.version + 1)


def test_officer_sends_back_what_is_not_done(district: District, house: dict[str, Account]) -> None:
    case = take_to("checking", district, house)
    task = give(Task.objects.get(case=case, done_at=None), house["officer"])
    form = {"reason": "还没有处理", "pictures": photo()}
    as_(house["officer"]).post(reverse("field:report_back", args=[task.id, "rework"]), form)
    assert (Case.objects.get(id=case.id).state, Case.objects.get(id=case.id).reworks) == ("handling", 1)


def test_task_of_the_pool_is_taken_once(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = Task.objects.get(case=case)
    Task.objects.filter(id=task.id).update(pool="street:500108001")
    first, second = (person(name) for name in ("甲", "乙"))
    from xiucheng.city.models import Area
    from xiucheng.people.models import Posting

    Area.objects.create(code="500108001", level="street", name="南坪街道", pinyin="n")
    for one in (first, second):
        Posting.objects.create(account=one, post="officer", area_id="500108001")
    address = reverse("field:take", args=[task.id])
    answers = [as_(one).post(address, headers={"X-Queue": "1"}).status_code for one in (first, second)]
    assert (answers, Task.objects.get(id=task.id).account_id) == ([200, 409], first.id)


def test_danger_stands_before_what_is_nearer(district: District, house: dict[str, Account]) -> None:
    near, far = (take_to("verifying", district, house) for _ in range(2))
    for one in (near, far):
        give(Task.objects.get(case=one), house["officer"])
    assert near.x is not None and near.lng is not None and near.lat is not None
    Case.objects.filter(id=far.id).update(urgency=2, x=near.x + 500)
    found = tasks(scope_of(holder(house["officer"])), near=(near.lng, near.lat))
    assert [one.case_id for one in found] == [far.id, near.id]


@pytest.mark.parametrize(("person_learns", "told"), [(True, "training_off"), (False, "training_only")])
def test_task_of_the_other_mode_is_neither_taken_nor_done(
    district: District, house: dict[str, Account], person_learns: bool, told: str
) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["officer"])
    Case.objects.filter(id=case.id).update(training=not person_learns)
    Account.objects.filter(id=house["officer"].id).update(training=person_learns)
    answer = as_(house["officer"]).post(reverse("field:take", args=[task.id]), headers={"X-Queue": "1"})
    with pytest.raises(Refused, match=told):
        act(case.id, "verify", holder(Account.objects.get(id=house["officer"].id)).actor(), {"finding": "true"})
    assert (answer.status_code, answer.headers["X-Refused"]) == (403, told)


def test_somebody_elses_task_is_not_shown(district: District, house: dict[str, Account]) -> None:
    case = take_to("verifying", district, house)
    task = give(Task.objects.get(case=case), house["leader"])
    assert as_(house["officer"]).get(reverse("field:task", args=[task.id])).status_code == 409


def test_handler_signs_with_one_tap(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    answer = as_(house["handler"]).post(reverse("field:act", args=[case.number, "sign"]), {"version": case.version})
    assert (answer.status_code, Case.objects.get(id=case.id).signed_at is None) == (302, False)


def test_late_case_offers_neither_extension_nor_suspension(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    address = reverse("field:case", args=[case.number])
    before = as_(house["unit"]).get(address).content.decode()
    Running.objects.filter(case=case, kind="handling").update(due_at=clock.now() - dt.timedelta(minutes=1))
    after = as_(house["unit"]).get(address).content.decode()
    assert ("/extend.ask/" in before or "extend.ask" in before, "extend.ask" in after) == (True, False)


def test_unit_returns_with_a_reason(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    as_(house["unit"]).post(reverse("field:act", args=[case.number, "return"]), {"reason": "不是本单位职责"})
    assert (Case.objects.get(id=case.id).state, Case.objects.get(id=case.id).returned) == ("to_dispatch", True)


def test_handler_feeds_back_with_a_picture(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    form = {"words": "已扶正", "pictures": photo("green"), "version": case.version}
    as_(house["handler"]).post(reverse("field:act", args=[case.number, "feed_back"]), form)
    assert Case.objects.get(id=case.id).state == "to_check"
    assert list(Picture.objects.filter(case=case).values_list("stage", flat=True)) == ["after"]


def test_old_version_is_told_with_the_new_state(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    answer = as_(house["unit"]).post(
        reverse("field:act", args=[case.number, "return"]), {"reason": "x", "version": 1}, headers={"X-Queue": "1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "someone_faster")


def test_officer_reports_what_he_found(district: District, house: dict[str, Account]) -> None:
    form = {"words": "路灯不亮", "pictures": photo(), "at_lng": "106.57", "at_lat": "29.53", "key": "r1"}
    client = as_(house["officer"])
    for _ in range(2):
        client.post(reverse("field:report"), form | {"pictures": photo()})
    case = Case.objects.get()
    assert (case.source, case.channel, Report.objects.get().taken_by) == ("inspection", "patrol", house["officer"].id)
    assert "路灯不亮" in client.get(reverse("field:mine")).content.decode()


def test_unit_page_tells_how_quick_it_is(district: District, house: dict[str, Account]) -> None:
    case = take_to("handling", district, house)
    client = as_(house["unit"])
    client.post(reverse("field:act", args=[case.number, "sign"]))
    text = client.get(reverse("field:pace")).content.decode()
    assert "1 件已签收" in text


@pytest.mark.parametrize("name", ["tasks", "report", "mine", "notices", "me"])
def test_officers_pages_open(district: District, house: dict[str, Account], name: str) -> None:
    take_to("verifying", district, house)
    assert as_(house["officer"]).get(reverse(f"field:{name}"), {"map": "1"}).status_code == 200


@pytest.mark.parametrize("name", ["work", "pace", "notices", "me"])
def test_handlers_pages_open(district: District, house: dict[str, Account], name: str) -> None:
    take_to("handling", district, house)
    assert as_(house["handler"]).get(reverse(f"field:{name}"), {"map": "1"}).status_code == 200


def test_messages_are_read(district: District, house: dict[str, Account]) -> None:
    take_to("handling", district, house)
    client = as_(house["unit"])
    before = client.get(reverse("field:badge")).json()["unread"]
    text = client.get(reverse("field:notices")).content.decode()
    client.post(reverse("field:read"), {"notice": re.findall(r'name="notice" value="([^"]+)"', text)})
    assert (before, client.get(reverse("field:badge")).json()["unread"]) == (1, 0)


def test_operator_has_no_phone_pages(district: District, house: dict[str, Account]) -> None:
    assert as_(house["operator"]).get(reverse("field:tasks")).status_code == 403


@pytest.mark.parametrize("number", ["nothing", "1' OR 1=1", "𠮷", "x" * 300])
def test_strange_case_number_is_not_found(district: District, house: dict[str, Account], number: str) -> None:
    assert as_(house["unit"]).get(f"/field/cases/{number}/").status_code == 404


@pytest.mark.django_db
def test_lists_ask_the_same_number_of_questions(
    district: District, house: dict[str, Account], django_assert_max_num_queries: object
) -> None:
    client = as_(house["unit"])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = []
    for _ in range(2):
        for _ in range(3):
            take_to("handling", district, house)
        registers()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("field:work"))
        found.append(len(asked))
    assert found[0] == found[1] and found[0] <= 12
