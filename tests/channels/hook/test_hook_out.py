"""Stages go back and days are counted (回传、对账) with a platform that is as strict as ours: once, all, in their order by `seq`."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.channels.hook.conftest import Account
from tests.channels.hook.platform import Platform
from tests.channels.hook.test_hook_in import EVENT, post, work
from tests.district import District
from tests.road import RAIL

from xiucheng.cases.actions import act, submit
from xiucheng.cases.models import Case
from xiucheng.channels.hook import counts, inbound, stages
from xiucheng.channels.hook.channel import Hook
from xiucheng.channels.hook.models import Exchanged
from xiucheng.city import clock
from xiucheng.intake.actions import states
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later
from xiucheng.notices import pump
from xiucheng.notices.models import Attempt, Notice
from xiucheng.notices.port import Message, Receipt
from xiucheng.rules.workflow import Actor

OPERATOR = Actor("account", "1", frozenset({"operator"}))
LEADER = Actor("account", "2", frozenset({"shift_leader"}))
MESSAGE = Message("k", "partner", "city", '{"type": "ping", "id": "1"}', "", "")


@pytest.fixture
def case(platform: Platform, district: District) -> Case:
    post(EVENT)
    work()
    return Case.objects.get()


def send() -> None:
    """What the worker does in a few seconds."""
    stages.look()
    with ThreadPoolExecutor(1) as pool:
        while pump.send_batch(pool):
            pass


def told(platform: Platform) -> list[tuple[str, str]]:
    return [(s["act"], s["state"]) for s in sorted(platform.stages.values(), key=lambda s: (s["case"], s["seq"]))]


def test_each_stage_goes_back_with_the_partners_number(platform: Platform, case: Case, district: District) -> None:
    act(case.pk, "register", OPERATOR, {"category": district.category})
    act(case.pk, "note", OPERATOR, {"words": "看过了"})
    send()
    act(case.pk, "decline", LEADER, {"words": "办不了", "reason": "请联系 13812345678"})
    send()
    send()
    assert told(platform) == [("submit", "to_register"), ("register", "to_file"), ("decline", "declined")]
    last = max(platform.stages.values(), key=lambda s: int(s["seq"]))
    assert (last["event"], last["case"], last["state_zh"]) == ("SJ-2026-0001", case.number, "不予立案")
    assert (last["words"], last["reason"]) == ("办不了", "请联系 138****5678")


def test_stages_of_the_main_case_go_back_while_it_is_merged(platform: Platform, case: Case, district: District) -> None:
    main = submit(RAIL, Actor("resident"))
    act(main.case_id, "register", OPERATOR, {"category": district.category})
    act(case.pk, "merge", OPERATOR, {"main": main.case_id})
    send()
    act(main.case_id, "decline", LEADER, {"words": "不符合", "reason": "不符合"})
    send()
    assert told(platform) == [("submit", "to_register"), ("merge", "merged"), ("decline", "declined")]


def test_a_case_that_is_taken_apart_again_is_followed_by_itself(
    platform: Platform, case: Case, district: District
) -> None:
    main = submit(RAIL, Actor("resident"))
    act(case.pk, "merge", OPERATOR, {"main": main.case_id})
    send()
    act(case.pk, "unmerge", OPERATOR, {"reason": "不是一处"})
    act(main.case_id, "register", OPERATOR, {"category": district.category})
    send()
    assert told(platform) == [("submit", "to_register"), ("merge", "merged"), ("unmerge", "to_register")]


def test_what_a_worker_wrote_before_it_was_killed_is_not_written_again(platform: Platform, case: Case) -> None:
    stages.look()
    Exchanged.objects.update(sent=0)
    send()
    assert (Notice.objects.filter(recipient_kind="partner").count(), len(platform.stages)) == (1, 1)


def test_a_partner_that_only_sends_is_told_nothing(platform: Platform, district: District) -> None:
    post(EVENT, key="park")
    work()
    send()
    assert (Exchanged.objects.count(), platform.asked) == (0, [])


def test_what_is_told_is_sealed(platform: Platform, case: Case) -> None:
    stages.look()
    notice = Notice.objects.get(recipient_kind="partner")
    assert b"SJ-2026" not in bytes(notice.address_sealed or b"") and notice.facts == {"number": case.number}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503}, Receipt("failed", "retry_later 503", again=True)),
        ({"status": 422}, Receipt("failed", "refused_content 422 busy")),
        ({"secret": "another"}, Receipt("failed", "broken_config 401", again=True)),
        ({"nonsense": True}, Receipt("unknown", "an answer that nobody can read 200", again=True)),
        ({"hang_up": True}, Receipt("unknown", "no answer: RemoteDisconnected", again=True)),
        ({}, Receipt("delivered", "ok")),
    ],
)
def test_what_the_platform_says_is_understood(platform: Platform, fault: dict[str, object], said: Receipt) -> None:
    for name, value in fault.items():
        setattr(platform, name, value)
    assert Hook().send(MESSAGE) == said


def test_a_platform_that_hung_up_after_taking_a_stage_has_it_once(platform: Platform, case: Case) -> None:
    platform.hang_up = True
    send()
    platform.hang_up = False
    Notice.objects.update(due_at=clock.now())
    send()
    assert (len(platform.stages), Notice.objects.get(recipient_kind="partner").state) == (1, "delivered")


def test_a_slow_platform_is_given_up(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits("hook"), "timeout_seconds", 0.1)
    platform.slow = 0.4
    assert Hook().send(MESSAGE) == Receipt("unknown", "no answer: TimeoutError", again=True)


def test_switched_off_nothing_is_sent_and_nothing_lost(platform: Platform, case: Case, account: Account) -> None:
    account(more="off = true")
    inbound.look()
    assert (Hook().ready(), Notice.objects.filter(recipient_kind="partner").count()) == (False, 0)
    assert Hook().send(MESSAGE) == Receipt("failed", "the partner is switched off", again=True)


def yesterday(case: Case) -> None:
    """The event came and its first stage went a day ago."""
    send()
    Incoming.objects.update(received_at=clock.now() - dt.timedelta(days=1))
    Attempt.objects.update(at=clock.now() - dt.timedelta(days=1))


def test_a_day_that_is_counted_alike_is_compared_once(platform: Platform, case: Case) -> None:
    yesterday(case)
    platform.events = 1
    for _ in range(3):
        inbound.look()
    assert platform.asked.count("counts") == 1


def test_a_count_that_differs_is_shown_until_it_is_right(platform: Platform, case: Case) -> None:
    yesterday(case)
    platform.events, platform.lost = 2, 1
    day = (clock.today() - dt.timedelta(days=1)).isoformat()
    for _ in range(2):
        with pytest.raises(Later, match=f"市级平台 {day} 对账不符：来件对方 2、我方 1，回传对方 0、我方 1"):
            inbound.look()
    assert platform.asked.count("counts") == 1
    with states.held("hook") as memory:
        memory.cursor["counts"]["city"]["asked"] -= 3601
    platform.events, platform.lost = 1, 0
    inbound.look()
    assert platform.asked.count("counts") == 2


def test_a_platform_that_does_not_answer_the_count_is_said(platform: Platform, case: Case) -> None:
    platform.status = 503
    with pytest.raises(Later, match="没有答复"):
        counts.look()


def test_a_case_that_ended_long_ago_is_watched_no_more(platform: Platform, case: Case) -> None:
    act(case.pk, "refuse", OPERATOR, {"reason": "x", "whose": "供电局"})
    send()
    Case.objects.update(ended_at=clock.now() - dt.timedelta(days=61))
    stages.forget()
    assert Exchanged.objects.get().done


def test_the_accounts_are_proved_by_hand(platform: Platform, account: Account) -> None:
    assert [(proof.ok, proof.zh) for proof in inbound.Events().check()] == [(True, "市级平台：收到")]
    platform.secret = "another"
    assert [(proof.ok, proof.zh) for proof in inbound.Events().check()] == [(False, "市级平台：broken_config 401")]
    account()
    assert [proof.ok for proof in inbound.Events().check()] == [False]


def test_the_platform_of_the_tests_is_strict() -> None:
    assert Platform().judge({}, b"{}") == (401, {"code": "bad_signature"})
