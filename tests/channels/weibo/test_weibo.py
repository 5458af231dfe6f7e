"""Weibo (微博): pushes and polls become reports once, answers go out in their windows, nothing secret becomes public."""

import contextlib
import datetime as dt
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.weibo.conftest import SECRET, again_soon, message, picture, push, send_all, work
from tests.channels.weibo.simulator import Weibo

from xiucheng.cases.actions import act
from xiucheng.cases.models import Picture, Report
from xiucheng.channels.weibo import client, codec, poll
from xiucheng.city import clock
from xiucheng.intake.actions import states
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later
from xiucheng.notices.models import Notice
from xiucheng.rules.workflow import Actor


def test_the_address_is_proven_with_the_right_signature_only(weibo: Weibo) -> None:
    right = codec.signature(SECRET, "1", "n")
    path = "/hook/weibo/?timestamp=1&nonce=n&echostr=hello&signature="
    assert Client().get(path + right).content == b"hello"
    for wrong in ("0" * 40, "é", "", "\x00"):
        assert Client().get(path + quote(wrong)).status_code == 403


def test_without_an_account_there_is_no_address(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(tmp_path / "none.toml"))
    assert Client().get("/hook/weibo/").status_code == 404


def test_a_message_pushed_four_times_is_one_report_with_one_answer(weibo: Weibo) -> None:
    told = message()
    assert [push(told) for _ in range(4)] == [200] * 4
    work()
    assert (Report.objects.count(), send_all()) == (1, ["delivered"])
    (kind, whom, text) = weibo.answers[0]
    assert (kind, whom, Report.objects.get().token in text) == ("private", "501", True)


def test_two_messages_of_one_second_are_two(weibo: Weibo) -> None:
    one = message("路灯不亮")
    push(one)
    push({**one, "text": "井盖没了"})
    work()
    assert Report.objects.count() == 2


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"\xff", b'{"sender_id": "5", "created_at": "yesterday"}'])
def test_what_is_no_message_is_refused_and_not_kept(weibo: Weibo, raw: bytes) -> None:
    right = codec.signature(SECRET, "1", "n")
    path = f"/hook/weibo/?timestamp=1&nonce=n&signature={right}"
    assert Client().post(path, raw, content_type="application/json").status_code == 400
    assert not Incoming.objects.exists()


def test_a_wrong_signature_learns_and_leaves_nothing(weibo: Weibo) -> None:
    assert push(message(), secret="guessed") == 403
    assert not Incoming.objects.exists()


def test_a_follower_is_greeted_and_a_picture_without_words_is_asked_about(weibo: Weibo) -> None:
    push(message("", type="event", data={"subtype": "follow"}))
    push(message("", type="image", data={"vfid": "1"}))
    push(message("", type="something new"))
    work()
    send_all()
    assert [("城市管理中心" in text, "文字" in text) for _, _, text in weibo.answers] == [(True, False), (False, True)]
    assert Report.objects.count() == 0


def test_a_post_that_calls_us_becomes_a_report_with_its_pictures(weibo: Weibo) -> None:
    weibo.pictures["/large/a.jpg"] = picture()
    urls = [
        {"thumbnail_pic": f"{weibo.address}/thumbnail/a.jpg"},
        {"thumbnail_pic": f"{weibo.address}/thumbnail/no.jpg"},
    ]
    weibo.write(11, "@城管 护栏倒了 http://t.cn/abc", pic_urls=urls)
    poll.look()
    work()
    report = Report.objects.get()
    assert (report.channel, report.case.summary, Picture.objects.filter(report=report).count()) == (
        "weibo",
        "护栏倒了",
        1,
    )


def test_posts_are_kept_once_over_many_looks_and_pages(weibo: Weibo, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(monkeypatch, 2)
    for number in range(1, 6):
        weibo.write(number, f"第{number}盏路灯不亮")
    weibo.gone.add("3")
    for _ in range(3):
        poll.look()
        again_soon()
    weibo.write(6, "井盖没了")
    poll.look()
    assert Incoming.objects.count() == 5


def test_our_own_posts_are_no_reports(weibo: Weibo) -> None:
    weibo.write(1, "今天清扫了十条街", user="1")
    poll.look()
    assert not Incoming.objects.exists()


def test_looks_are_spread_over_the_day_so_that_calls_are_left_for_answers(weibo: Weibo) -> None:
    poll.look()
    before = weibo.calls
    poll.look()
    assert weibo.calls == before == 3
    assert poll.pause() >= dt.timedelta(minutes=30)


def test_when_the_calls_are_used_up_answers_wait_and_nothing_is_lost(weibo: Weibo) -> None:
    push(message())
    work()
    with states.held("weibo") as memory:
        memory.cursor |= {"day": clock.today().isoformat(), "calls": 100}
    with pytest.raises(Later, match="今天的微博接口次数已用完"):
        poll.look()
    assert send_all() == ["failed"]
    assert Notice.objects.get().state == "queued"


def test_pictures_that_do_not_come_now_are_waited_for(weibo: Weibo, monkeypatch: pytest.MonkeyPatch) -> None:
    weibo.write(11, "护栏倒了", pic_urls=[{"thumbnail_pic": "http://127.0.0.1:9/thumbnail/a.jpg"}])
    poll.look()
    work()
    assert (Report.objects.count(), Incoming.objects.get().error) == (0, "照片取不下来")
    Incoming.objects.update(attempts=9 - 2, due_at=clock.now())
    work()
    assert Report.objects.count() == 1


def page_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setitem(limits("weibo"), "page", size)


def test_more_than_one_look_may_read_is_read_at_the_next_ones(weibo: Weibo, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(monkeypatch, 4)
    for number in range(1, 51):
        weibo.write(number, f"第{number}盏路灯不亮")
    weibo.gone |= {"31", "48"}
    poll.look()
    for number in range(51, 54):
        weibo.write(number, f"第{number}盏路灯不亮")
    for _ in range(4):
        again_soon()
        poll.look()
    assert Incoming.objects.count() == 51


def test_what_was_read_before_the_calls_ended_is_not_read_again(weibo: Weibo, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(monkeypatch, 4)
    for number in range(1, 13):
        weibo.write(number, f"第{number}盏路灯不亮")
    weibo.calls = 98
    with pytest.raises(Later):
        poll.look()
    assert Incoming.objects.count() == 8
    weibo.calls = 0
    weibo.asked.clear()
    again_soon()
    poll.look()
    assert (Incoming.objects.count(), weibo.asked.count("/2/statuses/mentions.json")) == (12, 1)


def test_a_first_look_takes_no_old_posts(weibo: Weibo) -> None:
    weibo.write(1, "去年的事", created_at="Mon Jul 16 18:09:20 +0800 2025")
    weibo.write(2, "护栏倒了")
    poll.look()
    again_soon()
    poll.look()
    assert [row.key for row in Incoming.objects.all()] == ["post:2"]


def test_comments_below_our_own_posts_are_heard_and_applause_is_not(weibo: Weibo, tmp_path: Path) -> None:
    weibo.comment(21, 11, "光电路的井盖没了", ours=True)
    weibo.comment(21, 11, "光电路的井盖没了")
    weibo.comment(22, 11, "[赞][赞]！", ours=True)
    weibo.comment(23, 11, "谢谢关注", user="1", ours=True)
    poll.look()
    assert [row.key for row in Incoming.objects.all()] == ["comment:21"]
    file = tmp_path / "channels.toml"
    file.write_text(file.read_text(encoding="utf-8") + "own_comments = false\n", encoding="utf-8")
    weibo.comment(24, 11, "路灯不亮", ours=True)
    again_soon()
    poll.look()
    assert Incoming.objects.count() == 1


def test_a_platform_that_is_away_does_not_cost_the_calls_of_the_day(
    weibo: Weibo, monkeypatch: pytest.MonkeyPatch
) -> None:
    weibo.broken = "yes"
    start = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    for minute in range(600):
        monkeypatch.setattr(clock, "now", lambda at=start + dt.timedelta(minutes=minute): at)
        with contextlib.suppress(Later):
            poll.look()
    assert 70 < client.left() < 90
    with pytest.raises(Later, match="微博没有回答"):  # the page of channels goes on saying so
        poll.look()
    weibo.broken = ""
    again_soon()
    for _ in range(2):
        poll.look()
    assert states.peek("weibo").cursor["faults"] == 0


def refuse(report: Report) -> None:
    leader = Actor("account", "1", frozenset({"operator"}))
    act(report.case_id, "refuse", leader, {"reason": "不归我们", "whose": "供电局"})


def test_an_answer_goes_privately_inside_the_window_and_down_the_ladder_after_it(weibo: Weibo) -> None:
    push(message())
    work()
    send_all()
    refuse(Report.objects.get())
    assert send_all() == ["delivered"] and "供电局" in weibo.answers[-1][2]
    Notice.objects.all().delete()
    Report.objects.update(reply_until=clock.now() - dt.timedelta(hours=1))
    case = Report.objects.get().case_id
    act(case, "object", Actor("resident", Report.objects.get().token), {"words": "再看看"})
    leader = Actor("account", "1", frozenset({"shift_leader"}))
    act(case, "decline", leader, {"reason": "轻微", "words": "谢谢"})
    assert send_all() == ["failed"]


def test_a_public_answer_needs_a_person_s_switch_and_never_carries_the_link(weibo: Weibo, tmp_path: Path) -> None:
    weibo.write(11, "护栏倒了")
    poll.look()
    work()
    assert send_all() == ["delivered"]
    Notice.objects.all().delete()
    refuse(Report.objects.get())
    assert send_all() == ["failed"] and len(weibo.answers) == 1
    file = tmp_path / "channels.toml"
    file.write_text(file.read_text(encoding="utf-8") + "public_answers = true\n", encoding="utf-8")
    Notice.objects.update(state="queued", rung=0, due_at=clock.now())
    assert send_all() == ["delivered"]
    kind, where, text = weibo.answers[1]
    assert (kind, where) == ("public", "11")
    assert Report.objects.get().token not in text and "/t/" not in text


@pytest.mark.parametrize(
    ("trouble", "result", "state"),
    [
        ("gone", "failed", "failed"),
        ("broken", "failed", "queued"),
        ("token", "failed", "failed"),
        ("cut", "unknown", "unknown"),
    ],
)
def test_what_the_platform_refuses_is_translated(weibo: Weibo, trouble: str, result: str, state: str) -> None:
    push(message())
    work()
    if trouble == "gone":
        weibo.unfollowed.add("501")
    elif trouble in {"broken", "cut"}:
        weibo.broken = trouble
    else:
        weibo.token = "another"
    assert send_all() == [result]
    assert Notice.objects.get().state == state


def test_a_comment_is_answered_below_its_post(weibo: Weibo) -> None:
    weibo.comment(21, 11, "@城管 这里也有一个坑")
    poll.look()
    work()
    assert Report.objects.get().case.summary == "这里也有一个坑"
    assert codec.posted(weibo.comments[0]).reply == "post:11:21"


def test_the_account_is_proven_by_hand(weibo: Weibo) -> None:
    from xiucheng.channels.weibo.reader import Reader

    assert all(proof.ok for proof in Reader().check())
    weibo.token = "another"
    assert next(proof.ok for proof in Reader().check()) is False


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_malformed(raw: bytes) -> None:
    said = None
    with contextlib.suppress(codec.MalformedError):
        said = codec.pushed(codec.opened(raw))
    assert said is None or said.sender.isdigit()


VALUES = st.one_of(
    st.none(), st.integers(), st.text(max_size=9), st.just([]), st.just({}), st.just([{}]), st.just({"id": 1}),
    st.just({"coordinates": ["x", None]}), st.just([{"thumbnail_pic": 5}]), st.just("Mon Jul 16 18:09:20 +0800 2012"),
)  # fmt: skip
FIELDS = st.sampled_from(["idstr", "user", "text", "created_at", "geo", "pic_urls", "status", "longText"])


@given(st.dictionaries(FIELDS, VALUES))
def test_any_object_is_a_post_or_malformed(status: dict[str, Any]) -> None:
    said = None
    with contextlib.suppress(codec.MalformedError):
        said = codec.posted({"idstr": "5", "user": {"id": 5}, "created_at": "Mon Jul 16 18:09:20 +0800 2012"} | status)
    assert said is None or (said.reply.startswith("post:") and said.sender.isdigit())
