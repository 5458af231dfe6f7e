"""The project's glossary (词汇) says the same words as the code."""

import re
from pathlib import Path

import pytest

from xiucheng.city.models import Area, Category, Unit
from xiucheng.notices.models import Notice
from xiucheng.people.models import Posting
from xiucheng.rules.workflow import words

TEXT = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.M)

LISTS = {
    "States 状态": {k: v.zh for k, v in words.STATES.items()},
    "Acts 操作": {k: v.zh for k, v in words.ACTS.items()},
    "Steps of an act 步骤": {k: v.zh for k, v in words.STEPS.items() if k},
    "Kinds of report 诉求类型": {k: v.zh for k, v in words.KINDS.items()},
    "Clocks 计时": {k: v.zh for k, v in words.CLOCKS.items()},
    "Posts 岗位": dict(Posting.Post.choices),
    "Areas 区域": dict(Area.Level.choices),
    "Units 责任单位": dict(Unit.Kind.choices),
    "Components and events 部件与事件": dict(Category.Kind.choices),
    "Notices 通知状态": dict(Notice.State.choices),
}


def _section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("title", LISTS)
def test_glossary_lists_what_the_code_lists(title: str) -> None:
    assert {code: zh for code, zh, _ in ROW.findall(_section(title))} == LISTS[title]


def test_glossary_names_every_thing_once() -> None:
    things = re.findall(r"^\| ([a-z][^|`]*?) \|", _section("Things 事物"), re.M)[1:]
    assert sorted(things) == sorted(set(things))
