"""What a message is about (所指): the post below which it stands, the picture and the pin that came with the words."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.channels.weibo.conftest import message, picture, push, send_all, work
from tests.channels.weibo.simulator import EAST, FORM, Weibo

from xiucheng.audit import vault
from xiucheng.cases.models import History, Picture, Report
from xiucheng.channels.weibo import poll
from xiucheng.channels.weibo.reader import Reader
from xiucheng.city import clock
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Conversation, Incoming, Sender


def post_below(weibo: Weibo, author: str) -> dict[str, Any]:
    weibo.pictures["/large/hole.jpg"] = picture()
    pictures = [{"thumbnail_pic": f"{weibo.address}/thumbnail/hole.jpg"}]
    return {"text": "学府路51号门口塌了一个洞", "user": {"idstr": author}, "pic_urls": pictures}


def test_a_comment_below_somebodys_post_is_about_that_post(weibo: Weibo) -> None:
    weibo.comment(21, 11, "@城管 快来管管", post=post_below(weibo, "777"))
    weibo.comment(22, 12, "@城管", user="503", post=post_below(weibo, "777"))
    poll.look()
    work()
    told = [vault.unseal(report.words_sealed) for report in Report.objects.order_by("id")]
    assert told == ["快来管管\n〔原微博〕学府路51号门口塌了一个洞", "〔原微博〕学府路51号门口塌了一个洞"]
    assert Picture.objects.count() == 2


def test_a_repost_is_about_what_it_passes_on_and_a_comment_below_our_own_post_is_not(weibo: Weibo) -> None:
    weibo.write(31, "@城管 看看这个", retweeted_status={"idstr": "11", **post_below(weibo, "777")})
    weibo.comment(41, 12, "@城管 我家门口也有一个坑", post=post_below(weibo, "1"))
    poll.look()
    work()
    told = [vault.unseal(report.words_sealed) for report in Report.objects.order_by("id")]
    assert told == ["看看这个\n〔原微博〕学府路51号门口塌了一个洞", "我家门口也有一个坑"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1), (1, 2, 0)])
def test_words_picture_and_pin_of_a_private_talk_are_one_report(weibo: Weibo, order: tuple[int, ...]) -> None:
    weibo.pictures["f1"] = picture()
    parts = [
        message("路灯不亮"), message("", type="image", data={"vfid": "v1", "tovfid": "f1"}),
        message("", type="position", data={"longitude": "106.57", "latitude": "29.53"}),
    ]  # fmt: skip
    for at in order:
        for _ in range(2):
            push(parts[at])
        work()
    report = Report.objects.get()
    pinned = report.case.lng is not None or any("位置" in row.words for row in History.objects.all())
    assert (Picture.objects.filter(case_id=report.case_id).count(), pinned) == (1, True)
    assert Incoming.objects.filter(state="done").count() == 3


def test_a_picture_of_a_private_talk_is_waited_for_or_asked_about(weibo: Weibo, tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    right = file.read_text(encoding="utf-8")
    file.write_text(
        right.replace(f'uploads_api = "{weibo.address}', 'uploads_api = "http://127.0.0.1:9'), encoding="utf-8"
    )
    push(message("", type="image", data={"tovfid": "f1"}))
    work()
    assert (Incoming.objects.get().error, weibo.answers) == ("照片取不下来", [])
    file.write_text(right + "\n", encoding="utf-8")
    Incoming.objects.update(due_at=clock.now())
    work()
    send_all()
    assert "文字" in weibo.answers[0][2] and Incoming.objects.get().state == "done"


def test_who_called_in_public_gets_his_code_privately_once_and_only_in_time(weibo: Weibo) -> None:
    weibo.write(11, "@城管 护栏倒了")
    old = dt.datetime.now(EAST) - dt.timedelta(hours=49)
    weibo.write(10, "@城管 路灯不亮", user="777", created_at=old.strftime(FORM))
    with states.held("weibo") as memory:
        memory.cursor["since_mentions"] = "1"
    poll.look()
    for _ in range(2):
        work()
        Incoming.objects.update(state="waiting", leased_until=None, due_at=clock.now())
    send_all()
    code = Report.objects.get(case__summary="护栏倒了").token
    assert [(kind, whom, code in text) for kind, whom, text in weibo.answers] == [("private", "501", True)]
    assert Report.objects.count() == 2


def test_more_at_once_than_one_person_may_write_comes_in_later(weibo: Weibo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiucheng.intake.actions.limit.MOST", 2)
    for number in range(1, 4):
        push(message(f"第{number}盏路灯不亮"))
    push(message("井盖没了", sender_id="502"))
    work()
    waiting = Incoming.objects.exclude(state="done").get()
    assert (Report.objects.count(), waiting.state) == (3, "waiting")
    Sender.objects.all().delete()  # ten minutes later
    Incoming.objects.update(due_at=clock.now())
    work()
    assert Report.objects.count() == 4


@pytest.mark.parametrize(
    ("again", "open_until"),
    [({"text": "路灯还是不亮"}, 48), ({"type": "event", "data": {"subtype": "follow"}}, 48), ({"type": "mention"}, -1)],
)
def test_whoever_writes_again_privately_can_be_answered_again(
    weibo: Weibo, again: dict[str, Any], open_until: int
) -> None:
    push(message())
    work()
    report = Report.objects.get()
    Report.objects.update(reply_until=clock.now() - dt.timedelta(hours=1))
    push(message(**again))
    work()
    report.refresh_from_db()
    assert round((report.reply_until - clock.now()) / dt.timedelta(hours=1)) == open_until


@pytest.mark.parametrize("ahead", [dt.timedelta(hours=1), dt.timedelta(days=-10_000)])
def test_a_message_with_a_time_that_cannot_be_is_the_same_report_when_it_is_worked_off_again_later(
    weibo: Weibo, monkeypatch: pytest.MonkeyPatch, ahead: dt.timedelta
) -> None:
    push(message(created_at=(clock.now().astimezone(EAST) + ahead).strftime(FORM)))
    (arrived,) = incoming.lease()
    first, later = Reader().work(arrived), clock.now() + dt.timedelta(hours=2)
    Conversation.objects.all().delete()
    monkeypatch.setattr(clock, "now", lambda: later)
    assert Reader().work(arrived) == first
    assert Report.objects.get().said_at == arrived.received_at
