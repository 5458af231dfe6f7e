"""What is not ours is passed on (转告): by the body's own ladder, by mail, or by a call that the desk ticks off."""

import pytest
from tests.district import District
from tests.staff import person

from xiucheng.audit import vault
from xiucheng.cases import actions
from xiucheng.cases.actions.pass_on import passed_on
from xiucheng.cases.models import Case, Task
from xiucheng.cases.queries import ALL, Scope
from xiucheng.cases.queries.pass_on import passings
from xiucheng.city import registers
from xiucheng.city.models import Unit
from xiucheng.notices import texts
from xiucheng.notices.models import Notice
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

People = dict[str, Actor]
WIRE = actions.Submission(
    channel="web",
    kind="complaint",
    words="电线断了，打13812345678",
    place="学府路",
    contact={"email": "wang@example.org"},
)


def _refuse(people: People, whose: str = "供电局，95598", unit: int | None = None) -> int:
    case = actions.submit(WIRE, people["resident"]).case_id
    form = {"reason": "不归我们", "whose": whose} | ({"unit": unit} if unit is not None else {})
    actions.act(case, "refuse", people["operator"], form)
    return case


def _told(kind: str) -> list[tuple[str, list[str]]]:
    return list(Notice.objects.filter(recipient_kind=kind).values_list("recipient_key", "ladder"))


def _read(kind: str) -> str:
    notice = Notice.objects.get(recipient_kind=kind)
    return texts.render(notice.template, notice.facts, kind).text


def _mail(unit: int, address: str) -> None:
    Unit.objects.filter(id=unit).update(email=address)
    registers.touch()


def test_unit_of_the_register_hears_by_its_ladder_what_it_is_about(district: District, people: People) -> None:
    person("lamp", "unit", unit=district.other_unit)
    case = _refuse(people, unit=district.other_unit)
    assert (_told("unit"), Task.objects.count()) == ([(str(district.other_unit), ["inapp"])], 0)
    assert _read("unit") == "不归城管办，转给你们办理。现在：不予受理。\n电线断了，打138****5678\n学府路"
    assert Case.objects.get(id=case).unit_id == district.other_unit
    assert "我们已经转告路灯所。" in _read("reporter")


def test_unit_where_nobody_signs_in_gets_a_mail(district: District, people: People) -> None:
    _mail(district.other_unit, "lamp@example.org")
    _refuse(people, unit=district.other_unit)
    assert (_told("unit"), Task.objects.count()) == ([(str(district.other_unit), ["email"])], 0)


def test_body_outside_is_written_to_where_an_address_was_given(district: District, people: People) -> None:
    _refuse(people, "供电局（power@example.org）")
    notice = Notice.objects.get(recipient_kind="body")
    assert (vault.unseal(notice.address_sealed), notice.ladder, Task.objects.count()) == (
        "power@example.org",
        ["email"],
        0,
    )
    assert "我们已经发邮件转告。" in _read("reporter")


@pytest.mark.parametrize("named", [True, False], ids=["unit nobody reads for", "body outside"])
def test_body_that_cannot_be_written_to_is_rung_up(district: District, people: People, named: bool) -> None:
    _refuse(people, unit=district.other_unit if named else None)
    (found,) = passings(ALL)
    assert (_told("unit"), found.summary, found.place, found.whose) == (
        [],
        "电线断了，打138****5678",
        "学府路",
        "供电局，95598",
    )
    assert ("我们会打电话转告。" in _read("reporter"), passings(Scope())) == (True, [])


def test_call_is_ticked_off_once_and_the_reporter_told(district: District, people: People) -> None:
    _refuse(people)
    Notice.objects.all().delete()
    task = passings(ALL)[0].id
    passed_on(task, account_id=1)
    done = Task.objects.get()
    assert (done.account_id, done.result, done.done_at is not None, passings(ALL)) == (1, "passed_on", True, [])
    assert "我们已经打电话转告。归谁管、怎么联系：供电局，95598" in _read("reporter")
    with pytest.raises(Refused, match="task_taken"):
        passed_on(task, account_id=2)


def test_case_that_is_looked_at_again_is_no_longer_passed_on(district: District, people: People) -> None:
    case = _refuse(people, unit=district.other_unit)
    actions.act(case, "object", people["resident"], {"words": "就是你们的"})
    assert (passings(ALL), Task.objects.get().result, Case.objects.get().unit_id) == ([], "object", None)
