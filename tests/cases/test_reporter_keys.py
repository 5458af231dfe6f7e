"""Contacts that were stored under older keys (反映人查找键) are found again, batch by batch, whatever breaks in between."""

import threading

from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases import actions
from xiucheng.cases.actions import reporter_keys
from xiucheng.cases.models import Report, Upkeep
from xiucheng.cases.queries import search
from xiucheng.cases.queries.reporters import same_person
from xiucheng.rules.workflow import Actor
from xiucheng.run import checks, upkeep

WRITTEN = ("+86 138-1234-5601", "138 1234 5602", "13812345603", "023-6280 1234")


def _stored(resident: Actor, *phones: str) -> list[Report]:
    """Reports as the program kept them before numbers were brought into one form."""
    made = []
    for phone in phones:
        given = actions.Submission(channel="web", kind="complaint", words="护栏倒了", contact={"phone": phone})
        case = actions.submit(given, resident).case_id
        Report.objects.filter(case_id=case).update(phone_blind=vault.blind(phone))
        made.append(Report.objects.get(case_id=case))
    return made


def _found(phone: str) -> tuple[int, ...] | None:
    return search.wanted(phone).ids


def _all() -> int:
    turns = 0
    while reporter_keys.renew(batch=2):
        turns += 1
    return turns


def _finding() -> tuple[str, str]:
    found = checks.phones()
    return found.level, found.zh


def test_older_phone_is_found_by_its_digits_after_upkeep(people: dict[str, Actor], district: District) -> None:
    reports = _stored(people["resident"], *WRITTEN)
    assert [_found(number) for number in ("13812345601", "13812345602")] == [(), ()]
    _all()
    numbers = ("13812345601", "13812345602", "13812345603", "02362801234")
    assert [_found(number) for number in numbers] == [(report.case_id,) for report in reports]


def test_worker_renews_until_nothing_is_left(people: dict[str, Actor], district: District) -> None:
    report = _stored(people["resident"], "138 1234 5602")[0]
    upkeep.renew_keys(threading.Event())
    assert (_found("13812345602"), reporter_keys.to_renew()) == ((report.case_id,), (0, 0))


def test_upkeep_goes_on_where_it_stopped(people: dict[str, Actor], district: District) -> None:
    _stored(people["resident"], *WRITTEN)
    assert reporter_keys.renew(batch=2)
    assert (_found("13812345602") != (), _found("02362801234")) == (True, ())
    assert _finding() == ("warn", "旧联系方式的查找键正在重算：还剩 2 条，后台会接着做")
    _all()
    row = Upkeep.objects.get()
    assert (row.changed, row.faulty, row.finished_at is not None) == (3, 0, True)
    assert _finding() == ("ok", "联系方式的查找键都是新的")
    assert reporter_keys.renew(batch=2) is False


def test_doctor_says_that_upkeep_has_not_begun(people: dict[str, Actor], district: District) -> None:
    assert _finding() == ("ok", "联系方式的查找键都是新的")
    _stored(people["resident"], *WRITTEN)
    assert _finding() == ("warn", "旧联系方式的查找键正在重算：还剩 4 条，后台会接着做")


def test_contact_that_cannot_be_opened_stops_nothing(people: dict[str, Actor], district: District) -> None:
    broken, whole = _stored(people["resident"], "138 1234 5602", "138 1234 5604")
    Report.objects.filter(pk=broken.pk).update(contact_sealed=b"\x01" + b"0" * 40)
    _all()
    assert (_found("13812345602"), _found("13812345604")) == ((), (whole.case_id,))
    assert _finding() == ("warn", "有 1 条联系方式打不开，按它查不到人：请核对密钥文件是否来自同一份备份")


def test_earlier_doors_and_mails_are_found_after_upkeep(people: dict[str, Actor], district: District) -> None:
    made = []
    for contact in ({"reply": "oMe"}, {"reply": "oMe", "email": "Me@example.com"}, {"email": "me@example.com"}):
        given = actions.Submission(
            channel="wechat", kind="complaint", words="护栏倒了", contact=contact, reply_channel="wechat"
        )
        made.append(actions.submit(given, people["resident"]).case_id)
    Report.objects.update(door_blind=None, email_blind=None)
    assert same_person(made[0]) == frozenset()
    _all()
    assert same_person(made[0]) == {made[1], made[2]}
