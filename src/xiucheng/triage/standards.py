"""Which filing condition fits the words (立案条件): by what has happened to the thing, in the resident's words or the standard's."""

import re
import threading
from collections.abc import Sequence
from typing import Final

from xiucheng.city.models import Standard
from xiucheng.city.registers import Registers, registers

HAPPENED: Final[tuple[re.Pattern[str], ...]] = tuple(
    re.compile(p)
    for p in (
        r"丢失|缺失|不见|没了|没得|没有盖|被偷|遭偷|被盗|掉了|少了|缺",
        r"破损|破|烂|裂|断|碎|坏|残|损",
        r"松动|松|响|晃|弹|跳",
        r"倾斜|歪|斜|倒|翘|移位|错",
        r"下沉|下陷|沉降|凹|坑|塌|陷|高差|不平",
        r"堵|塞|淤|积水|排不",
        r"脏|污|垢|臭|味|不洁",
        r"不亮|熄|灭|闪|黑灯|没亮",
        r"漏|冒|溢|喷|爆",
        r"占|挡|拦|封",
        r"悬空|垂|吊|坠|掉落",
        r"锈|腐|剥落|褪|掉漆",
        r"字|涂|贴|牛皮癣",
        r"门|锁|敞",
    )
)

Condition = tuple[int, str, int]


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: tuple[Registers, dict[str, list[Condition]]] | None = None


_memory = _Memory()


def of_category(code: str) -> Sequence[Condition]:
    """The filing conditions of a minor category: id, words, limit in seconds."""
    reading = registers()
    found = _memory.found
    if found is None or found[0] is not reading:
        with _memory.lock:
            by: dict[str, list[Condition]] = {}
            rows = Standard.objects.filter(active=True).order_by("code")
            for key, category, words, seconds in rows.values_list(
                "id", "category_id", "filing_condition", "limit_seconds"
            ):
                by.setdefault(category, []).append((key, words, seconds))
            found = _memory.found = (reading, by)
    return found[1].get(code, ())


def fitting(code: str, text: str) -> tuple[int | None, float]:
    """The condition that fits best, and how sure (1 where there is only one); none where the category has none."""
    conditions = of_category(code)
    if not conditions:
        return None, 0.0
    if len(conditions) == 1:
        return conditions[0][0], 1.0
    said = {i for i, pattern in enumerate(HAPPENED) if pattern.search(text)}
    pairs = _pairs(text)
    scored = sorted(((_fit(words, said, pairs), -i, key) for i, (key, words, _) in enumerate(conditions)), reverse=True)
    (best, _, key), second = scored[0], scored[1][0]
    if best <= 0.0:
        return key, 0.5
    return key, round(min(1.0, 0.6 + 0.4 * (best - second) / best), 3)


def _fit(words: str, said: set[int], pairs: set[str]) -> float:
    meant = [i for i, pattern in enumerate(HAPPENED) if pattern.search(words)]
    own = _pairs(words)
    first = sum(1.0 for i in meant if i in said) / (1 + 0.3 * len(meant))
    return first + 2.0 * len(own & pairs) / (len(own) + 1)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
