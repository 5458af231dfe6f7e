"""The contract of channels (来件): kept before answered, worked off once in order, put off, left to people; accounts and health."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from tests.district import District
from tests.staff import staff

from xiucheng.cases.actions import act
from xiucheng.cases.models import Report
from xiucheng.city import clock, registers
from xiucheng.city.models import Word
from xiucheng.intake import accounts, jobs, port
from xiucheng.intake.actions import incoming, states, take_in
from xiucheng.intake.models import Conversation, Incoming
from xiucheng.intake.port import Arrived, Later, Proof, Worked
from xiucheng.notices import port as ways_out
from xiucheng.notices import pump, texts
from xiucheng.notices.actions import talk
from xiucheng.notices.models import Notice
from xiucheng.notices.port import Message, Receipt
from xiucheng.rules.workflow import Actor
from xiucheng.triage import actions as triage


class Bottle:
    """Messages in a bottle: the words are the raw message."""

    name, title = "bottle", "漂流瓶"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.trouble: list[Exception] = []
        self.sent: list[Message] = []

    def work(self, arrived: Arrived) -> Worked:
        words = arrived.raw.decode()
        self.seen.append(words)
        if self.trouble:
            raise self.trouble.pop(0)
        made = take_in(channel="hook", words=words, key=arrived.once, contact={"reply": "ship"}, reply_channel="bottle")
        return Worked(made.token)

    def check(self) -> Iterator[Proof]:
        yield Proof(True, "浮着", "afloat")

    def send(self, message: Message) -> Receipt:
        self.sent.append(message)
        return Receipt("accepted")


@pytest.fixture
def bottle(district: District) -> Iterator[Bottle]:
    made = Bottle()
    port.register(made)
    ways_out.register(made)
    yield made
    port._ways.pop("bottle")
    ways_out._channels.pop("bottle")


def once() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


def only() -> Incoming:
    return Incoming.objects.get()


def test_a_message_delivered_four_times_is_one_report(bottle: Bottle) -> None:
    assert [incoming.keep("bottle", "m1", "护栏倒了".encode()) for _ in range(4)] == [True, False, False, False]
    once()
    once()
    assert (Report.objects.count(), only().state, only().report) == (1, "done", Report.objects.get().token)


def test_the_same_key_of_another_account_is_another_message(bottle: Bottle) -> None:
    assert incoming.keep("bottle", "m1", b"a", account="x") and incoming.keep("bottle", "m1", b"b", account="y")


def test_a_worker_killed_after_the_report_was_written_makes_no_second_one(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", "护栏倒了".encode())
    (arrived,) = incoming.lease()
    bottle.work(arrived)  # … and the worker dies here
    assert incoming.lease() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_incoming SET leased_until = clock_timestamp() - interval '1 s'")
    once()
    assert (Report.objects.count(), only().state, only().attempts) == (1, "done", 2)


def test_two_long_keys_with_the_same_beginning_make_two_reports(bottle: Bottle) -> None:
    for end in "ab":
        incoming.keep("bottle", "m" * 100 + end, f"护栏倒了{end}".encode())
    once()
    assert ([row.state for row in Incoming.objects.all()], Report.objects.count()) == (["done", "done"], 2)


def test_messages_are_worked_off_in_the_order_in_which_they_came(bottle: Bottle) -> None:
    for n in range(5):
        incoming.keep("bottle", f"m{n}", f"第{n}条".encode())
    once()
    assert bottle.seen == [f"第{n}条" for n in range(5)]


def test_what_cannot_be_done_now_is_tried_again_later_and_then_left_to_people(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", "护栏倒了".encode())
    bottle.trouble = [Later("no answer", 5.0) for _ in range(incoming.MOST_TRIES)]
    for n in range(incoming.MOST_TRIES):
        once()
        assert only().state == ("failed" if n == incoming.MOST_TRIES - 1 else "waiting")
        Incoming.objects.update(due_at=clock.now())
    assert incoming.try_again(only().pk) and not incoming.try_again(only().pk)
    once()
    assert (only().state, Report.objects.count()) == ("done", 1)


def test_what_is_refused_waits_with_its_sentence(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", b"   ")
    once()
    assert (only().state, only().error != "") == ("failed", True)


def test_a_fault_of_the_program_loses_nothing(bottle: Bottle, caplog: pytest.LogCaptureFixture) -> None:
    incoming.keep("bottle", "m1", "密码是芝麻开门".encode())
    bottle.trouble = [ZeroDivisionError()]
    once()
    assert (only().state, only().error) == ("waiting", "程序出错：ZeroDivisionError")
    assert "芝麻开门" not in caplog.text


def test_the_raw_message_is_sealed(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", "电话13800138000".encode() + b"\xff\x00")
    assert b"13800138000" not in bytes(only().raw_sealed)
    assert incoming.lease()[0].raw == "电话13800138000".encode() + b"\xff\x00"


def test_the_answer_goes_out_by_the_door_the_report_came_in(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", "护栏倒了".encode())
    once()
    case = Report.objects.get().case_id
    act(case, "refuse", Actor("account", "1", frozenset({"operator"})), {"reason": "不归我们", "whose": "供电局"})
    notice = Notice.objects.get(recipient_kind="reporter")
    (leased,) = [found for found in pump.lease("me") if found.id == notice.pk]
    assert (leased.channel, leased.message.address) == ("bottle", "ship")
    assert "供电局" in leased.message.text and "邮件" not in leased.message.text


def test_a_word_of_a_talk_is_said_once(bottle: Bottle) -> None:
    for _ in range(2):
        talk("bottle", "ship", "请发一张照片", key="ask:1")
    notice = Notice.objects.get()
    (leased,) = pump.lease("me")
    assert (leased.message.text, leased.message.address, notice.recipient_kind) == ("请发一张照片", "ship", "talk")


def test_a_mail_says_that_a_machine_wrote_it_and_a_chat_does_not(db: None) -> None:
    facts = {"number": "1", "token": "ABC"}
    assert "邮件" in texts.render("register", facts, "reporter", "email").text
    assert "邮件" not in texts.render("register", facts, "reporter", "wechat").text


def test_a_memory_is_held_by_one_and_its_secrets_are_sealed(db: None) -> None:
    with states.held("bottle") as memory:
        memory.cursor["since"], memory.secret["token"] = 5, "t0ken"
    assert (states.peek("bottle").cursor, states.peek("bottle").secret) == ({"since": 5}, {"token": "t0ken"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM intake_channelstate")
        assert b"t0ken" not in bytes(cursor.fetchone()[0])


def test_a_channel_that_cannot_look_says_why_in_its_own_words(db: None) -> None:
    states.failed("bottle", Later("邮箱登录不了"))
    assert states.health("bottle").error == "邮箱登录不了"
    states.failed("bottle", ValueError("password=x"))
    assert states.health("bottle").error == "程序出错：ValueError"


def test_a_way_out_that_is_switched_off_is_no_rung_of_a_ladder(bottle: Bottle) -> None:
    assert ways_out.ready("bottle") and not ways_out.ready("nowhere")
    bottle.ready = lambda: False  # type: ignore[attr-defined]  # a channel may have it
    assert not ways_out.ready("bottle")


def test_old_talks_and_worked_off_messages_are_forgotten(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", "护栏倒了".encode())
    once()
    Conversation.objects.create(
        channel="bottle", person_blind=b"x", sealed=b"", updated_at=clock.now() - dt.timedelta(days=3)
    )
    assert jobs.forget() == 0 and not Conversation.objects.exists()
    Incoming.objects.update(done_at=clock.now() - jobs.KEEP_RAW - dt.timedelta(days=1))
    assert jobs.forget() == 1 and Report.objects.count() == 1


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "channels.toml"
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    return path


def test_a_channel_without_account_or_switched_off_is_off(file: Path) -> None:
    assert accounts.account("bottle") is None
    file.write_text("[bottle]\nsecret = 'x'\n[other]\noff = true\n", encoding="utf-8")
    file.chmod(0o600)
    found = accounts.account("bottle")
    assert found is not None and found["secret"] == "x"
    assert (accounts.account("other"), accounts.account("third"), accounts.fault()) == (None, None, "")


@pytest.mark.parametrize(("mode", "text", "said"), [(0o644, "", "权限须为 600"), (0o600, "[bottle", "读不了")])
def test_a_faulty_account_file_switches_all_off_and_says_why(file: Path, mode: int, text: str, said: str) -> None:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    assert accounts.account("bottle") is None and said in accounts.fault()


def test_the_page_of_channels_tells_how_they_fare(
    bottle: Bottle, district: District, file: Path, settings: LazySettings
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    file.write_bytes(b"[bottle]\n")
    file.chmod(0o600)
    incoming.keep("bottle", "m1", "电话13800138000".encode())
    bottle.trouble = [Later("对方没有回答") for _ in range(99)]
    Incoming.objects.update(attempts=incoming.MOST_TRIES)
    once()
    client = Client()
    client.force_login(staff(district)["shift_leader"])
    shown = client.get("/desk/channels/").content.decode()
    assert "漂流瓶" in shown and "对方没有回答" in shown and "13800138000" not in shown
    bottle.trouble = []
    assert client.post(f"/desk/channels/{only().pk}/again/").status_code == 302
    once()
    assert only().state == "done"


def test_raw_messages_may_be_any_bytes(db: None) -> None:
    raw = orjson.dumps({"x": "𠮷"}) + bytes(range(256))
    incoming.keep("nowhere", "k" * 500, raw)
    (arrived,) = incoming.lease()
    assert (arrived.raw, len(arrived.key)) == (raw, 64)
    jobs._work(arrived)
    assert only().state == "waiting"  # its channel may come back


def words() -> None:
    """The watched words of a district: one that means danger."""
    Word.objects.create(word="煤气泄漏", purpose="danger", weight=3.0)
    registers.touch()


def test_danger_goes_before_all_that_waits(bottle: Bottle) -> None:
    words()
    for n in range(60):
        incoming.keep("bottle", f"m{n}", f"第{n}条".encode(), sender=f"s{n}", words=f"第{n}条")
    incoming.keep("bottle", "late", "煤气泄漏".encode(), sender="late", words="煤气泄漏，快来")
    assert incoming.lease(batch=1)[0].key == "late"


def test_what_was_said_before_the_danger_and_after_it_goes_with_it_in_order(bottle: Bottle) -> None:
    words()
    for n in range(5):
        incoming.keep("bottle", f"m{n}", b"x", sender=f"s{n}")
    for key, said in (("a", "你好"), ("b", "煤气泄漏"), ("c", "学府路51号")):
        incoming.keep("bottle", key, said.encode(), sender="me", words=said)
    assert [one.key for one in incoming.lease(batch=3)] == ["a", "b", "c"]


def test_a_report_of_danger_is_understood_before_all_others(bottle: Bottle) -> None:
    words()
    for n in range(3):
        take_in(channel="hook", words=f"路灯不亮{n}")
    made = take_in(channel="hook", words="煤气泄漏，味道很大")
    assert list(triage.lease("triage", 1)) == [made.case_id]


def test_one_sender_is_in_work_at_one_place_only(bottle: Bottle) -> None:
    for key, sender in (("a", "me"), ("b", "me"), ("c", "you")):
        incoming.keep("bottle", key, b"x", sender=sender)
    assert [one.key for one in incoming.lease(batch=1)] == ["a"]
    assert [one.key for one in incoming.lease()] == ["c"]


def test_a_lease_takes_no_more_than_its_batch_whatever_the_plan(bottle: Bottle) -> None:
    for key in "abc":
        incoming.keep("bottle", key, b"x", sender=key)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off"
        )
    assert [len(incoming.lease(batch=1)) for _ in range(4)] == [1, 1, 1, 0]


def test_what_was_put_off_does_not_hold_up_what_the_same_sender_says_next(bottle: Bottle) -> None:
    bottle.trouble = [Later("no picture yet", 60.0)]
    for key in "ab":
        incoming.keep("bottle", key, key.encode(), sender="me")
    once()
    assert (bottle.seen, [row.state for row in Incoming.objects.order_by("id")]) == (["a", "b"], ["waiting", "done"])


def test_what_is_given_back_is_taken_at_once_and_counts_no_try(bottle: Bottle) -> None:
    incoming.keep("bottle", "m1", b"x")
    incoming.give_back([one.id for one in incoming.lease()])
    assert [one.attempts for one in incoming.lease()] == [0]
