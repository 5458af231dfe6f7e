"""The talk (对话): guided, in any order, all in one message; nothing that was said is lost. No database."""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiucheng.channels.wechat.sentences import SENTENCES, STATES
from xiucheng.channels.wechat.talk import Reply, Said, Talk, code_in, hear
from xiucheng.rules import workflow

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
CODE = "ABCDEFGHJKMNPQRS"
PIN = Said(point=(106.51, 29.51), label="学府路51号")


def picture(n: int = 1, **more: Any) -> Said:
    return Said(picture={"sha256": str(n) * 64, **more})


def places(words: str) -> str:
    return "学府路51号" if "学府路51号" in words else ""


def go(*said: Said | str, talk: Talk | None = None) -> tuple[Talk, list[str]]:
    talk = talk or Talk()
    replies = [hear(talk, s if isinstance(s, Said) else Said(s), places, NOW) for s in said]
    return talk, [reply.do or reply.say for reply in replies]


def test_guided_from_question_to_question() -> None:
    talk, said = go("路灯不亮", picture(), "说不清")
    assert said == ["picture", "where", "make"] and talk.no_place
    talk, said = go("路灯不亮", "没有", "河边第三根灯杆")
    assert (said, talk.words, talk.place) == (["picture", "where", "make"], ["路灯不亮"], "河边第三根灯杆")


def test_all_in_one_message() -> None:
    assert go("学府路51号路灯不亮")[1] == ["make"]


PARTS: list[Said | str] = ["路灯不亮", picture(), PIN]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_any_order(order: tuple[int, ...]) -> None:
    talk, said = Talk(), []
    for at in order:
        part = PARTS[at]
        said.append(hear(talk, part if isinstance(part, Said) else Said(part), places, NOW))
        if said[-1].do == "make":
            break
    assert said[-1].do == "make" and talk.words == ["路灯不亮"] and talk.point == [106.51, 29.51]


def test_a_place_in_answer_to_the_question_for_a_picture() -> None:
    talk, said = go("路灯不亮", "学府路51号")
    assert (said, talk.place, talk.words) == (["picture", "make"], "学府路51号", ["路灯不亮"])


def test_a_series_of_pictures_brings_one_question() -> None:
    talk, said = go(*[picture(n) for n in range(1, 5)])
    assert (said, len(talk.pictures)) == (["what", "", "", ""], 4)
    assert go(*[picture(n) for n in range(10)])[1][-1] == "too_many_pictures"


def test_a_picture_that_knows_its_place_is_enough() -> None:
    assert go(picture(1, lng=106.5, lat=29.5), "路灯不亮")[1] == ["what", "make"]


def test_a_pin_alone_asks_what() -> None:
    assert go(PIN)[1] == ["what"]


def test_an_address_alone_asks_what() -> None:
    talk, said = go("学府路51号。", "路灯不亮")
    assert (said, talk.place, talk.words) == (["what", "make"], "学府路51号。", ["路灯不亮"])


@pytest.mark.parametrize("words", ["取消", "算了。", "cancel"])
def test_it_may_be_dropped(words: str) -> None:
    talk, said = go("路灯不亮", words)
    assert (said[-1], talk.open) == ("dropped", False)


@pytest.mark.parametrize("words", ["就这些", "没了。", "提交"])
def test_it_may_be_ended_early(words: str) -> None:
    assert go("路灯不亮", words)[1][-1] == "make"


@pytest.mark.parametrize(("words", "reply"), [("你好", "welcome"), ("谢谢！", "polite"), ("好的", "polite"), ("help", "welcome")])  # fmt: skip
def test_politeness_is_no_report(words: str, reply: str) -> None:
    talk, said = go(words)
    assert (said, talk.open) == ([reply], False)


@pytest.mark.parametrize("words", ["没有", "没有了", "不知道", "no"])
def test_an_answer_to_no_question_is_no_report(words: str) -> None:
    assert go(words, "路灯不亮")[1] == ["welcome", "picture"]
    talk, said = go(words, talk=after(5))
    assert (said, talk.open) == (["polite"], False)
    assert go(PIN, "没有", "路灯不亮") == (go(PIN, "路灯不亮")[0], ["what", "what", "make"])


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("进度", Reply(do="progress")), ("查进度", Reply(do="progress")), ("进度 abcd-efgh-jkmn-pqrs", Reply(do="progress", code=CODE)),
        (CODE, Reply(do="progress", code=CODE)), ("催", Reply(do="urge")), ("催办：ABCD EFGH JKMN PQRS", Reply(do="urge", code=CODE)),
    ],
)  # fmt: skip
def test_progress_and_urging_by_code_or_without(words: str, reply: Reply) -> None:
    assert hear(Talk(words=["路灯不亮"]), Said(words), places, NOW) == reply


@pytest.mark.parametrize("words", ["催了三天路灯还是不亮", "进度太慢了，路灯还没修", "谢谢你们，路灯又坏了，很急的"])
def test_a_problem_that_begins_like_an_order_is_a_problem(words: str) -> None:
    assert go(words)[1] == ["picture"]


def after(minutes: float) -> Talk:
    return Talk(token=CODE, done_at=(NOW - dt.timedelta(minutes=minutes)).isoformat())


def test_what_comes_after_the_thanks_is_added_words_begin_anew() -> None:
    assert hear(after(5), picture(), places, NOW) == Reply(do="add", code=CODE)
    assert hear(after(5), PIN, places, NOW).words == "位置：学府路51号（106.510000，29.510000，GCJ-02）"
    assert hear(after(5), Said("补充：就在门口"), places, NOW) == Reply(do="add", code=CODE, words="就在门口")
    assert hear(after(5), Said("井盖坏了"), places, NOW) == Reply("picture")
    assert hear(after(31), picture(), places, NOW) == Reply("what")


def test_a_place_asked_for_afterwards_is_added() -> None:
    talk = after(5)
    talk.asked = "where"
    assert hear(talk, Said("河边"), places, NOW) == Reply(do="add", code=CODE, words="位置：河边")


def test_who_writes_in_english_is_answered_in_english() -> None:
    assert (go("The street lamp is broken")[0].english, go("路灯 LED 不亮 OK")[0].english) == (True, False)


def test_very_much_is_taken_in_before_more_is_heard() -> None:
    talk, said = go("字" * 9000, "字" * 2000)
    assert (said[-1], sum(map(len, talk.words))) == ("make", 11_000)


anything = st.one_of(
    st.text(max_size=30).map(Said),
    st.sampled_from(["路灯不亮", "没有", "说不清", "学府路51号", "进度", "催", "取消", "好的", CODE, "补充 a"]).map(Said),
    st.integers(0, 9).map(picture), st.just(PIN), st.just(Said()),
)  # fmt: skip


@given(st.lists(anything, max_size=20))
def test_whatever_is_said_a_report_has_words_or_pictures_and_the_talk_survives_as_json(said: list[Said]) -> None:
    talk = Talk()
    for one in said:
        reply = hear(talk, one, places, NOW)
        assert reply.say in {"", *SENTENCES} and reply.do in {"", "make", "add", "progress", "urge"}
        if reply.do == "make":
            assert talk.words or talk.pictures
            talk.clear()
            talk.token, talk.done_at = CODE, NOW.isoformat()
        talk = Talk(**talk.facts())


def test_every_state_has_plain_words() -> None:
    assert set(STATES) == set(workflow.STATES)


@pytest.mark.parametrize("text", ["", "ABCD", CODE + "A", "ABCDEFGHJKMNPQR0", "护" * 16])
def test_what_is_no_code(text: str) -> None:
    assert code_in(text) == ""
