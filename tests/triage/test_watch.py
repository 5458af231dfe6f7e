"""Words of danger as residents write and speak them (紧急): nothing is missed, nothing is urgent that is over, denied or a figure of speech."""

import pytest
from tests.triage.town import HERE, Town, build, model

from xiucheng.city import clock
from xiucheng.city import models as city
from xiucheng.city.registers import touch
from xiucheng.triage import watch
from xiucheng.triage.propose import Matter, Understood, propose

URGENT = """路面塌陷就在学府小学门口 路面踏陷了 路面塌限 路面垮了一个大洞 地面塌下去了 路中间突然出现一个大洞 井盖没得了 井盖遭偷了 井盖被偷了
井盖不翼而飞 下水道盖盖没得了 窨井没有盖子 窨井盖没有了 无井盖 燃气漏了 煤气泄漏 天然气泄露 有股瓦斯味 施工把天然气管子挖断了 电线垮下来 变压器冒烟
配电箱冒火 灯杆带电 摸到路灯被电了 着火了 失火了 房子烧起来了 火灾 垃圾桶燃了 电杆歪了要倒 树要倒了 塔吊倒了 幕墙玻璃炸了 外墙瓷砖往下掉 高空抛物
有人掉进井里 有人落水 有人掉到河里 老人摔断腿 老人绊倒骨折了 被狗咬了 遭狗咬了 栏杆垮了下面就是江 堡坎垮了 有人被困 电梯困人 有人晕倒了 油罐车侧翻
有没有漏气哦好大的味道会不会爆炸 差点没砸到人 路灯没得人管漏电 还没修好又漏电 漏电上次修好了现在又漏电 这里漏电什么时候修好了才安全 没有人受伤但是路面塌陷了
我要去死 活起没得意思 烦得不想再活下去了"""
CALM = """没有人受伤 没人受伤 幸好没得人受伤 没有漏气 不漏气了 已经不漏电了 不存在漏电 没有发生爆炸 路面塌陷已经修好了 上次路面塌陷已经修好了谢谢 塌陷的地方已经处理好了
井盖不见了现在已经装好了 要倒车 要掉头 要倒垃圾 摩托车火花塞坏了 落水管坏了 共享单车轮胎漏气 学府小学门口放学时候小孩多老人多赶紧来"""


def test_danger_as_residents_say_it_is_urgent(demo: None) -> None:
    assert [words for words in URGENT.split() if watch.look(words).urgency < 2] == []
    far = "这里住了二十年从来没有人管过" * 60 + "昨天下雨以后路面垮了一大块" + "请你们来看哈" * 40
    assert watch.dangerous(far)


def test_what_is_denied_over_or_a_figure_of_speech_is_not(demo: None) -> None:
    assert [words for words in CALM.split() if watch.look(words).urgency == 2] == []
    assert [w for w in ("急死人了", "吵死人了", "臭死人") if watch.look(w).flags] == []
    assert watch.look("吵死人了，昨天还压死人").flags == ("opinion",)


@pytest.fixture
def town(db: None) -> Town:
    made = build()
    for purpose, word, weight in (
        ("danger", "井盖…偷", 3.0), ("danger", "井盖丢失", 3.0), ("danger", "要倒", 2.0), ("danger", "要倒车", 0.0),
        ("danger", "小孩", 0.6), ("danger", "快来", 1.2), ("danger", "老人", 0.5), ("danger", "放学", 0.8), ("not_ours", "被偷", 2.0),
    ):  # fmt: skip
        city.Word.objects.create(purpose=purpose, word=word, weight=weight, whose="公安机关", reach="拨打 110")
    touch()
    return made


def _read(words: str) -> Understood:
    matter = Matter(0, "complaint", words, words[:200], "", *HERE, False, "", "", False, ())
    return propose(matter, model(), clock.now())


def test_a_gap_ends_with_the_sentence_and_the_words_are_shown(town: Town) -> None:
    assert watch.look("井盖昨晚被偷").words["danger"] == ["井盖昨晚被偷"]
    assert watch.look("井盖响。有人偷菜").urgency == 0


def test_a_longer_word_hides_the_shorter_only_where_they_overlap(town: Town) -> None:
    assert (watch.look("要倒车").urgency, watch.look("要倒车，灯杆也要倒").urgency) == (0, 1)


def test_pleas_alone_are_a_little_urgent_at_most(town: Town) -> None:
    assert watch.look("放学小孩老人多，快来").urgency == 1
    assert watch.look("放学小孩老人多").urgency == 0
    assert watch.look("灯杆要倒，小孩老人多").urgency == 2


def test_danger_keeps_its_category_whoever_else_may_care(town: Town) -> None:
    found = _read("下水道井盖被偷了")
    assert (found.category, found.urgency) == ("C0102", 2)
    unsure = _read("东西被偷，到处漏电")
    assert (unsure.urgency, [r["whose"] for r in unsure.reasons if r["field"] == "whose"]) == (2, ["公安机关"])
    assert unsure.alternatives and unsure.certainty == unsure.alternatives[0]["certainty"]


def test_danger_that_is_over_is_for_people_to_look_at(town: Town) -> None:
    found = _read("路灯不亮，上次漏电已经修好了")
    assert (found.category, found.urgency) == ("C0137", 0) and found.certainty <= 0.5
    assert next(r for r in found.reasons if r["field"] == "past")["words"] == ["漏电"]


def test_a_condition_that_speaks_of_danger_makes_it_urgent(town: Town) -> None:
    found = _read("下水道井盖破了")
    assert (found.category, found.urgency) == ("C0102", 2)
    assert [r["zh"] for r in found.reasons if r["field"] == "urgency"] == ["立案条件本身就有危险：井盖丢失或破损"]
    assert _read("路灯不亮").urgency == 0
