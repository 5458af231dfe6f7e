"""From the push to the report and back (微信对话): what was said becomes one report, and every answer is written once."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from PIL import Image
from tests.channels.wechat.simulator import Platform
from tests.staff import person
from tests.triage.town import HERE, Town, build, model

from xiucheng.audit import vault
from xiucheng.audit.models import Look
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, History, Picture, Report
from xiucheng.channels.wechat import conversation, watch
from xiucheng.channels.wechat.models import Clip
from xiucheng.channels.wechat.sender import Sender
from xiucheng.city import clock
from xiucheng.dispatch import actions as dispatch
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.models import Conversation, Incoming
from xiucheng.notices import pump
from xiucheng.notices.models import Notice
from xiucheng.rules.datum import to_gcj02
from xiucheng.rules.workflow import Actor
from xiucheng.triage import actions as triage

pytestmark = pytest.mark.usefixtures("account")
ME = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


@pytest.fixture(autouse=True)
def town(db: None) -> Town:
    return build()


def photo(colour: str = "grey") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


class Phone:
    """Somebody with WeChat: what he sends is pushed, worked off, and answered."""

    def __init__(self, platform: Platform, openid: str = ME) -> None:
        self.platform, self.openid = platform, openid

    def push(self, fields: dict[str, Any]) -> None:
        query, body = self.platform.packed(fields)
        assert Client().post(f"/hook/wechat/?{query}", body, content_type="text/xml").content == b"success"

    def work(self) -> None:
        for arrived in incoming.lease():
            jobs._work(arrived)
        for leased in pump.lease("me"):
            pump.settle(leased, Sender().send(leased.message), "me")

    def says(self, words: str = "", kind: str = "text", **given: Any) -> list[str]:
        before = len(self.platform.texts(self.openid))
        self.push(self.platform.message(self.openid, kind, **({"Content": words} if words else {}), **given))
        self.work()
        return self.platform.texts(self.openid)[before:]

    def shows(self, colour: str = "grey") -> list[str]:
        return self.says(kind="image", MediaId=self.platform.keep(photo(colour)), PicUrl="http://x/")

    def points(self) -> list[str]:
        lng, lat = to_gcj02(*HERE)
        return self.says(kind="location", Location_X=lat, Location_Y=lng, Scale=16, Label="学府路")


@pytest.fixture
def phone(platform: Platform) -> Phone:
    return Phone(platform)


def test_guided_to_a_report_with_picture_and_place(phone: Phone) -> None:
    assert "照片" in phone.says("路灯不亮")[0]
    assert "在哪里" in phone.shows()[0]
    (thanks,) = phone.points()
    report = Report.objects.get()
    assert conversation.grouped(report.token) in thanks and f"/t/{report.token}/" in thanks
    case = Case.objects.get()
    assert (case.lng, case.lat) == (pytest.approx(HERE[0], abs=1e-6), pytest.approx(HERE[1], abs=1e-6))
    assert (case.channel, case.place, report.original_point["datum"]) == ("wechat", "学府路", "gcj02")
    assert (Picture.objects.get().report_id, vault.unseal(report.words_sealed)) == (report.id, "路灯不亮")


def test_all_in_one_message_is_taken_in_at_once(phone: Phone) -> None:
    assert "查询码" in phone.says("学府路51号门口路灯不亮")[0]
    report = Report.objects.get()
    assert (report.reply_channel, report.language) == ("wechat", "zh-hans")
    assert report.reply_until == report.said_at + dt.timedelta(hours=48)


def test_whoever_writes_again_can_be_answered_again(phone: Phone, platform: Platform) -> None:
    other = Phone(platform, "oAnother")
    for somebody in (phone, other):
        somebody.says("学府路51号门口路灯不亮")
    Report.objects.update(reply_until=clock.now() - dt.timedelta(days=3))
    phone.says("进度")
    mine, his = Report.objects.order_by("id")
    assert mine.reply_until > clock.now() + dt.timedelta(hours=47) and his.reply_until < clock.now()
    operator = Actor("account", "1", frozenset({"operator"}))
    act(mine.case_id, "refuse", operator, {"reason": "不归我们", "whose": "供电局"})
    Notice.objects.update(due_at=clock.now())  # nothing more follows
    phone.work()
    assert "供电局" in platform.texts(ME)[-1]


def test_the_picture_that_comes_after_the_thanks_is_added(phone: Phone) -> None:
    phone.says("学府路51号门口路灯不亮")
    assert "已经加到" in phone.shows()[0]
    assert History.objects.filter(act="supplement").count() == 1 and Report.objects.count() == 1


def test_what_comes_after_the_case_is_over_begins_anew(phone: Phone, town: Town) -> None:
    phone.says("学府路51号门口路灯不亮")
    operator = Actor("account", "1", frozenset({"operator"}))
    act(Case.objects.get().id, "refuse", operator, {"reason": "不归我们", "whose": "供电局"})
    assert "是什么问题" in phone.shows()[-1]
    assert "查询码" in phone.says("学府路53号井盖坏了")[0] and Report.objects.count() == 2


def test_a_voice_with_recognition_is_words(phone: Phone) -> None:
    assert "查询码" in phone.says(kind="voice", MediaId="x", Format="amr", Recognition="学府路51号门口路灯不亮。")[0]


def test_a_voice_without_recognition_is_kept_for_the_operators_ear(
    phone: Phone, platform: Platform, town: Town, settings: LazySettings
) -> None:
    voice = platform.keep(b"#!AMR voice", "audio/amr")
    assert "照片" in phone.says(kind="voice", MediaId=voice, Format="amr")[0]
    phone.says("没有")
    phone.says("学府路51号")
    report = Report.objects.get()
    clip = Clip.objects.get()
    address = f"/hook/wechat/clip/{clip.name}/"
    assert vault.unseal(report.words_sealed) == f"【语音留言，请听：{settings.PUBLIC_ADDRESS}{address}】"
    assert b"voice" not in bytes(clip.sealed) and Case.objects.get().place == "学府路51号"
    client, operator = Client(), person("接线员", "operator")
    assert client.get(address).status_code == 302
    client.force_login(operator)
    heard = client.get(address)
    assert (heard.content, heard["Content-Type"]) == (b"#!AMR voice", "audio/amr")
    assert Look.objects.get().account_id == operator.pk
    client.force_login(person("处置员", "handler", unit=town.roads))
    assert client.get(address).status_code == 403


def test_a_video_is_a_clip_and_a_picture(phone: Phone, platform: Platform) -> None:
    phone.says("学府路51号门口路灯不亮")
    seen, thumb = platform.keep(b"mp4", "video/mp4"), platform.keep(photo())
    assert "已经加到" in phone.says(kind="video", MediaId=seen, ThumbMediaId=thumb)[0]
    clip = Clip.objects.get()
    assert (clip.kind, vault.unseal_bytes(clip.sealed), Picture.objects.count()) == ("mp4", b"mp4", 1)


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "ftp://a/b", "http://", "//"])
def test_a_video_s_address_that_is_none_is_asked_for_again(phone: Phone, platform: Platform, address: str) -> None:
    platform.media["odd"] = (json.dumps({"video_url": address}).encode(), "text/plain", platform.now())
    assert "再发一次" in phone.says(kind="video", MediaId="odd")[0]


def test_a_voice_that_is_gone_is_asked_for_again(phone: Phone) -> None:
    assert "再发一次" in phone.says(kind="voice", MediaId="gone", Format="amr")[0]


def test_duplicates_of_every_message_change_nothing(phone: Phone, platform: Platform) -> None:
    first = platform.message(ME, Content="路灯不亮")
    second = platform.message(ME, "location", Location_X=HERE[1], Location_Y=HERE[0], Label="")
    for fields in (first, first, second, first, second, second, first):
        phone.push(fields)
        phone.work()
    assert (Report.objects.count(), len(platform.texts(ME))) == (1, 2)


def test_out_of_order_it_is_the_same_report(phone: Phone, platform: Platform) -> None:
    words = platform.message(ME, Content="路灯不亮")
    pin = platform.message(ME, "location", Location_X=HERE[1], Location_Y=HERE[0], Label="")
    phone.push(pin)
    phone.push(words)
    phone.work()
    assert Report.objects.count() == 1 and Case.objects.get().lng is not None


def test_a_late_message_keeps_its_own_time_and_window(phone: Phone, platform: Platform) -> None:
    at = clock.now().replace(microsecond=0) - dt.timedelta(hours=50)
    phone.push(platform.message(ME, Content="学府路51号路灯不亮") | {"CreateTime": int(at.timestamp())})
    phone.work()
    assert (Report.objects.get().said_at, Report.objects.get().reply_until) == (at, at + dt.timedelta(hours=48))


def test_a_worker_killed_after_the_work_was_done_does_it_once(phone: Phone, platform: Platform) -> None:
    from xiucheng.channels.wechat.reader import WeChat

    phone.push(platform.message(ME, Content="学府路51号门口路灯不亮"))
    (arrived,) = incoming.lease()
    first = WeChat().work(arrived)
    assert (WeChat().work(arrived), Report.objects.count()) == (first, 1)
    assert Notice.objects.filter(recipient_kind="talk").count() == 1


def test_a_picture_that_cannot_be_fetched_now_is_fetched_later(phone: Phone, platform: Platform) -> None:
    phone.says("路灯不亮")
    platform.faults = [("media", -1)]
    assert phone.shows() == [] and Incoming.objects.filter(state="waiting", error__contains="微信").count() == 1
    Incoming.objects.update(due_at=clock.now())
    phone.work()
    assert "在哪里" in platform.texts(ME)[-1]


def test_a_picture_that_is_gone_is_asked_for_again(phone: Phone) -> None:
    assert phone.says(kind="image", MediaId="gone") == ["这条没有收到，请再发一次。"]


def test_a_picture_that_is_none_is_said_so(phone: Phone, platform: Platform) -> None:
    said = phone.says(kind="image", MediaId=platform.keep(b"GIF89a"))
    assert len(said) == 1 and Incoming.objects.get().state == "done"


@pytest.mark.parametrize(
    "given", [{"Location_X": "x", "Location_Y": "1"}, {"Location_X": "999", "Location_Y": "1"}, {}]
)
def test_a_place_that_is_none_is_said_so(phone: Phone, given: dict[str, str]) -> None:
    assert "看不了" in phone.says(kind="location", **given)[0]


def test_progress_and_urging(phone: Phone, town: Town) -> None:
    assert "没有找到" in phone.says("进度")[0]
    phone.says("学府路51号门口路灯不亮")
    number = Case.objects.get().number
    assert f"{number}：已收到" in phone.says("进度")[0]
    assert number in phone.says("催")[0] and History.objects.filter(act="urge").count() == 1
    token = Report.objects.get().token
    assert number in Phone(phone.platform, "oOther").says(f"进度 {conversation.grouped(token)}")[0]
    assert "没有找到" in Phone(phone.platform, "oOther").says("催办")[0]
    assert "核对" in phone.says("ABCDEFGHJKMNPQRS")[0]


def test_who_writes_in_english_is_answered_in_english(phone: Phone) -> None:
    assert phone.says("The street lamp is broken") == ["We have it. Is there a picture? Send it, or answer “no”."]


def test_what_was_told_and_left_is_taken_in(phone: Phone, platform: Platform) -> None:
    phone.says("路灯不亮")
    assert conversation.finish_silent("wx2c2769f8efd9abc2") == 0
    Conversation.objects.update(updated_at=clock.now() - dt.timedelta(minutes=11))
    watch.look()
    watch.look()
    phone.work()
    assert Report.objects.count() == 1 and "还不知道在哪里" in platform.texts(ME)[-1]
    assert "已经加到" in phone.says("河边第三根灯杆")[0]


def test_a_voice_is_kept_as_long_as_raw_messages(phone: Phone, platform: Platform) -> None:
    phone.says(kind="voice", MediaId=platform.keep(b"#!AMR voice", "audio/amr"), Format="amr")
    watch.look()
    assert Clip.objects.count() == 1
    Clip.objects.update(at=clock.now() - dt.timedelta(days=181))
    watch.look()
    assert Clip.objects.count() == 0


def test_a_talk_without_a_matter_is_forgotten(phone: Phone) -> None:
    phone.says("你好")
    Conversation.objects.update(updated_at=clock.now() - dt.timedelta(hours=1))
    watch.look()
    assert not Conversation.objects.exists() and not Report.objects.exists()


def test_who_leaves_loses_nothing_that_he_said(phone: Phone, platform: Platform) -> None:
    phone.says("路灯不亮")
    phone.push(platform.event(ME, "unsubscribe"))
    phone.work()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(("name", "key", "said"), [("subscribe", "", "您好"), ("SCAN", "x", "您好"), ("CLICK", "progress", "没有找到"), ("CLICK", "report", "您好")])  # fmt: skip
def test_a_follow_a_scan_and_the_menu_are_answered(
    phone: Phone, platform: Platform, name: str, key: str, said: str
) -> None:
    phone.push(platform.event(ME, name, EventKey=key))
    phone.work()
    assert said in platform.texts(ME)[0]


def test_events_that_stand_for_nothing_are_done_with(phone: Phone, platform: Platform) -> None:
    for name in ("pic_sysphoto", "location_select", "scancode_push", "subscribe_msg_sent_event", "new_one"):
        phone.push(platform.event(ME, name, EventKey="x", SendLocationInfo={"Label": "x"}))
    phone.work()
    assert set(Incoming.objects.values_list("state", flat=True)) == {"done"} and platform.sent == []


def test_too_many_reports_of_one_person_are_refused_with_a_sentence(
    phone: Phone, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiucheng.intake.actions.limit.MOST", 1)
    phone.says("学府路51号门口路灯不亮")
    phone.says("学府路53号门口井盖坏了")
    assert Report.objects.count() == 1 and Incoming.objects.filter(state="failed").count() == 1
    assert len(platform.texts(ME)) == 2


def test_what_was_said_is_sealed_and_the_person_unknown(phone: Phone) -> None:
    phone.says("路灯不亮")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(c)::text || row_to_json(i)::text FROM intake_conversation c, intake_incoming i"
        )
        text = cursor.fetchone()[0]
    assert ME not in text and "路灯" not in text


def test_the_page_of_channels_gets_a_sentence(account: Callable[..., None], platform: Platform) -> None:
    from xiucheng.intake.port import Later

    platform.faults = [("stable_token", 40164)]
    with pytest.raises(Later) as trouble:
        watch.look()
    states.failed("wechat", trouble.value)
    assert states.health("wechat").error == "微信拒绝：本机地址不在公众号的 IP 白名单里"


def test_a_message_becomes_a_dispatched_case_and_its_answers_are_back(phone: Phone, platform: Platform) -> None:
    phone.says("学府路51号门口路灯不亮")
    while triage.work(model()) or dispatch.work():
        pass
    Notice.objects.update(due_at=clock.now())  # the while for what may follow is over
    phone.work()
    assert Case.objects.get().state == "handling"
    said = platform.texts(ME)
    assert (len(said), "查询码" in said[0], "交给负责的单位" in said[1]) == (2, True, True)
