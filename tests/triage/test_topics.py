"""Hot topics (热点): the same trouble at the same place is one topic, at another place another; heat counts people."""

import datetime as dt
from pathlib import Path

import orjson
import pytest

from xiucheng.rules.refusals import Refused
from xiucheng.triage import messages, topics
from xiucheng.triage.alike import alike
from xiucheng.triage.mentions import mentions, shared
from xiucheng.triage.messages import Message

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def written(key: int, person: str, title: str, text: str = "", day: int = 1) -> Message:
    return Message(key, person, dt.datetime(2026, 5, day), title, text)  # noqa: DTZ001 - as files have it


PLANT = [
    written(1, "a", "锦绣江湾旁边搅拌站噪音大", "锦绣江湾小区旁的搅拌站晚上开工，灰尘大噪音大，没法睡觉", 3),
    written(2, "b", "投诉锦绣江湾搅拌站扰民", "锦绣江湾小区附近的搅拌站彻夜施工，噪音大，灰尘大", 9),
    written(3, "c", "锦绣江湾小区搅拌站灰尘大", "搅拌站就在锦绣江湾小区旁边，灰尘大，晚上噪音大", 5),
]
OTHER_PLANT = [
    written(4, "d", "翠竹名苑有个搅拌站", "搅拌站离翠竹名苑小区只有几十米，夜里开工，灰尘大，吵得没法睡觉", 4),
    written(5, "d", "翠竹名苑外面的搅拌站什么时候搬", "翠竹名苑小区外的搅拌站还在夜里开工，灰尘大，吵人", 6),
]
ELSE = [
    written(100 + n, f"e{n}", title, text)
    for n, (title, text) in enumerate(
        (
            ("公交车等得太久", "早高峰的公交车二十分钟才来一趟，上班总迟到"),
            ("孩子上学的名额", "请问今年小学报名需要带什么材料，几月开始"),
            ("社保卡丢了怎么补", "社保卡丢了，请问去哪里补办，多久能好"),
            ("电梯三天两头坏", "住在十六楼，电梯坏了没人修，老人下不了楼"),
            ("自来水发黄", "早上放出来的水是黄的，要放很久才清"),
            ("广场舞声音太大", "楼下跳舞的音响开到十点，孩子写不了作业"),
            ("老年证在哪里办", "父亲满六十五岁了，请问需要什么手续"),
            ("路口红绿灯时间太短", "绿灯只有十秒，老人走不到对面"),
            ("工资拖欠两个月", "在工地干活两个月没发工资，老板不接电话"),
            ("垃圾桶满了没人收", "三天没人来收，苍蝇到处飞，味道很重"),
            ("医保报销比例", "异地看病回来怎么报销，比例是多少"),
            ("违章停车堵住消防通道", "每天晚上消防通道停满了车，出事怎么办"),
            ("烧烤摊油烟熏人", "窗户都不敢开，半夜还在烤，吵得很"),
            ("快递柜乱收费", "放了半天就要收钱，事先没有说明"),
            ("树枝压到电线", "台风以后树枝断了一半，压在电线上"),
            ("图书馆周末开不开", "想带孩子去看书，请问周末几点开门"),
        )
    )
]
ALL = [*PLANT, *OTHER_PLANT, *ELSE]


def test_two_places_with_the_same_trouble_are_two_topics() -> None:
    found = topics.topics(ALL, alike(ALL))
    assert [sorted(t.members) for t in found] == [[1, 2, 3], [4, 5]]


def test_a_topic_says_where_when_how_many_and_what() -> None:
    first, second = topics.topics(ALL, alike(ALL))
    assert (first.place, first.people, second.people) == ("锦绣江湾", 3, 1)
    assert (first.begins, first.ends) == (dt.datetime(2026, 5, 3), dt.datetime(2026, 5, 9))  # noqa: DTZ001
    assert "搅拌站" in first.description
    assert first.facts(1)["heat"] == 3


def test_personal_data_in_a_title_is_masked() -> None:
    told = [written(n, str(n), "路灯不亮请打13800138000", "巷口的路灯不亮") for n in (1, 2)]
    (topic,) = topics.topics(told, alike(told))
    assert "138****8000" in topic.description and "13800138000" not in topic.description


def test_like_messages_are_ranked_with_the_same_place_first() -> None:
    order = [ALL[i].id for i, _ in topics.ranked(alike(ALL), 0)]
    assert set(order[:2]) == {2, 3} and set(order[2:4]) == {4, 5} and 1 not in order


def test_one_message_alone_is_no_topic() -> None:
    assert topics.topics(ALL[:1], alike(ALL[:1])) == []
    assert topics.ranked(alike(ALL[:1]), 0) == []


def test_messages_that_share_nothing_do_not_fall_over() -> None:
    told = [written(1, "a", "甲"), written(2, "b", "乙")]
    assert topics.topics(told, alike(told)) == []


def test_names_of_places_are_found_by_their_ending() -> None:
    assert mentions("A3区桃源里小区的路灯") == ["桃源里", "桃源里小区"]
    assert shared([["在长乐新村"], ["住长乐新村"], ["桂花园"]]) == "长乐新村"
    assert shared([["桂花园"], ["长乐新村"]]) == ""


def test_what_stands_everywhere_is_no_name_of_a_place() -> None:
    two = [["早高峰期", "长乐新村"], ["晚高峰期", "长乐新村"]]
    assert shared(two, {"高峰期": 40, "长乐新村": 3, "乐新村": 3}) == "长乐新村"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的"),
        (b"[1, 2]", "第 1 行"),
        (b'{"id": 1, "title": ""}', "第 1 行"),
        (b'{"title": "x"}', "第 1 行"),
        (b"\xff\xfe", "不是 UTF-8"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        messages.read(path)
    assert said in refusal.value.zh


def test_times_in_the_usual_forms_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    times = ("2019-02-28 11:25:05", "2019/2/28 11:25:05", "2019-02-28", "昨天", None)
    path.write_bytes(b"\n".join(orjson.dumps({"id": n, "title": "灯", "time": at}) for n, at in enumerate(times)))
    read = [m.at for m in messages.read(path)]
    assert [at.day if at else None for at in read] == [28, 28, 28, None, None]
    assert read[0] == read[1]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent: the real messages are not here")
def test_the_hottest_topic_of_real_messages_is_one_place() -> None:
    """Every message that names a mixing plant beside one estate is among them; other estates' plants are not."""
    read = messages.read(SHARED / "govmsg_hotspot.jsonl")
    about = {m.id for m in read if "丽发" in m.title + m.text and "搅拌" in m.title + m.text}
    best = max(topics.topics(read, alike(read)), key=lambda t: len(about & set(t.members)))
    hits = len(about & set(best.members))
    assert hits > 0.95 * len(about) and hits > 0.95 * len(best.members)
    assert best.people > 40
