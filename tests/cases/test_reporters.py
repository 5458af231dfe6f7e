"""One person through several doors (同一个人): found by what he left, never by what many share."""

import pytest
from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases import actions
from xiucheng.cases.models import Report
from xiucheng.cases.queries.reporters import MOST, SHARED, same_person
from xiucheng.rules.workflow import Actor

OPERATOR = Actor("account", "1", frozenset({"operator"}))


def said(channel: str = "web", reply: str = "", **contact: str) -> int:
    """A report with what its person left; `reply` is who he is on WeChat."""
    given = actions.Submission(
        channel=channel, kind="complaint", words="护栏倒了", reply_channel="wechat" if reply else "",
        contact={**contact, **({"reply": reply} if reply else {})},
    )  # fmt: skip
    return actions.submit(given, Actor("resident")).case_id


@pytest.fixture(autouse=True)
def _ground(district: District) -> None:
    """The district's registers."""


def test_same_openid_on_pages_and_in_the_talk_is_one_person() -> None:
    talk, page = said("wechat", "oMe"), said("web", "oMe")
    said("wechat", "oOther")
    assert (same_person(page), same_person(talk)) == ({talk}, {page})


def test_same_mail_however_written_is_one_person() -> None:
    letter, page = said("email", email="Li.Ming@Example.com"), said("web", email="li.ming@example.com ")
    assert same_person(page) == {letter}


def test_phone_given_once_ties_two_doors_together() -> None:
    call = said("hotline", phone="138 1234 5678")
    talk = said("wechat", "oMe")
    assert same_person(talk) == frozenset()
    both = said("web", "oMe", phone="+86 13812345678")
    assert same_person(both) == {call, talk}
    assert (same_person(talk), same_person(call)) == ({call, both}, {talk, both})


def test_ties_are_followed_from_door_to_door() -> None:
    talk, first = said("wechat", "oMe"), said("web", "oMe", phone="13812345678")
    second, letter = said("desk", phone="13812345678", email="me@example.com"), said("email", email="me@example.com")
    assert same_person(talk) == {first, second, letter}


def test_who_left_nothing_is_nobody() -> None:
    first, second = said(), said()
    assert (same_person(first), same_person(second)) == (frozenset(), frozenset())


def test_phone_of_an_office_ties_nobody_together() -> None:
    people = [said("web", f"o{n}", phone="02362801234") for n in range(SHARED + 1)]
    own = said("wechat", "o0")
    assert same_person(own) == {people[0]} | set(people[1:])  # what he sent by the office's phone is the office's
    call = said("hotline", phone="02362801234")
    assert own not in same_person(call)


def test_merged_report_counts_for_its_main_case() -> None:
    main, mine = said(), said("wechat", "oMe")
    actions.act(mine, "merge", OPERATOR, {"main": main})
    assert same_person(said("web", "oMe")) == {main}


def test_order_number_of_another_system_is_nobody() -> None:
    given = actions.Submission(
        channel="weibo", kind="complaint", words="x", reply_channel="weibo", contact={"reply": "post:1"}
    )
    case = actions.submit(given, Actor("resident")).case_id
    assert Report.objects.get(case_id=case).door_blind is None


def test_a_number_that_many_reports_carry_is_read_to_a_limit() -> None:
    for _ in range(3):
        said(phone="13812345678")
    one = Report.objects.latest("id")
    fields = {
        f.attname: getattr(one, f.attname) for f in Report._meta.concrete_fields if f.attname not in {"id", "token"}
    }
    Report.objects.bulk_create(Report(**fields, token=f"T{n}") for n in range(MOST))
    assert same_person(said(phone="13812345678")) == {one.case_id}


def test_keys_are_hashes_and_nothing_else() -> None:
    case = said("wechat", "oMe", phone="13812345678", email="me@example.com")
    row = Report.objects.get(case_id=case)
    kept = [bytes(key or b"") for key in (row.phone_blind, row.door_blind, row.email_blind)]
    assert kept == [vault.blind(text) for text in ("13812345678", "wechat:oMe", "email:me@example.com")]
    assert {len(key) for key in kept} == {16}
