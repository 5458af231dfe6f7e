"""What the district says on its pages (本区文字): texts, menu of common problems, settings; read once per change of the registers."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import get_language

from xiucheng.city.models import Category, Knowledge, Text, Word
from xiucheng.city.registers import registers

FALLBACK: Final[Mapping[str, str]] = {"product_name": "绣城", "hotline": "12319", "resident_days": "15"}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One common problem with its drawing."""

    code: str
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something that is somebody else's business, and how to reach him."""

    word: str
    whose: str
    reach: str


class Texts(dict[str, str]):
    """Texts by name; a text that the district did not write is empty, never an error."""

    def __missing__(self, key: str) -> str:
        return FALLBACK.get(key, "")


def _texts(language: str) -> Texts:
    rows = Text.objects.filter(language__in=["zh-hans", language]).values_list("key", "language", "body")
    found = Texts({key: body for key, lang, body in rows if lang == "zh-hans"})
    found.update({key: body for key, lang, body in rows if lang == language and body})
    return found


def texts() -> Texts:
    """The district's texts in the reader's language."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return registers().derived(f"texts:{language}", lambda: _texts(language))


def _menu() -> tuple[MenuItem, ...]:
    rows = Category.objects.filter(menu__isnull=False, active=True).order_by("menu", "code")
    return tuple(MenuItem(c.code, c.plain or c.name, c.icon or "point") for c in rows)


def menu() -> tuple[MenuItem, ...]:
    """The common problems, the most common first, in the reader's language."""
    said = texts()
    return tuple(
        MenuItem(item.code, said[f"category.{item.code}"] or item.name, item.icon)
        for item in registers().derived("menu", _menu)
    )


def _icons() -> dict[str, str]:
    return dict(Category.objects.exclude(icon="").values_list("code", "icon"))


def icon_of(category: str | None) -> str:
    """The drawing of a category; a general one for things (部件) and for doings (事件) when it has none."""
    usual = {"C": "tool", "E": "alert-circle"}.get((category or "")[:1], "map-pin")
    return registers().derived("icons", _icons).get(category or "", usual)


def category_name(category: str | None) -> str:
    """How residents call a category, in the reader's language."""
    known = registers().categories.get(category or "")
    return texts()[f"category.{category}"] or known.plain or known.name if known else ""


def area_name(*codes: str) -> str:
    """`南坪街道 白鹤路社区` from area codes, as far as they are known."""
    areas = registers().areas
    return " ".join(_short(areas[code]) for code in codes if code in areas)


def _short(name: str) -> str:
    """People say 芭蕉湾社区, not 芭蕉湾社区居民委员会."""
    return name.removesuffix("居民委员会").removesuffix("村民委员会").removesuffix("村") + (
        "村" if "村民委员会" in name else ""
    )


def setting(key: str, default: Any = None) -> Any:
    """A setting of this district."""
    return registers().settings.get(key, default)


def _elsewhere() -> tuple[Elsewhere, ...]:
    rows = Word.objects.exclude(whose="").order_by("whose", "id")
    seen: dict[str, Elsewhere] = {}
    for row in rows:
        old = seen.get(row.whose)
        word = f"{old.word}、{row.word}" if old else row.word
        if old is None or old.word.count("、") < 4:
            seen[row.whose] = Elsewhere(word, row.whose, row.reach)
    return tuple(seen.values())


def elsewhere() -> tuple[Elsewhere, ...]:
    """What is not ours, whose it is and how to reach them."""
    return registers().derived("elsewhere", _elsewhere)


def _knowledge() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    rows = Knowledge.objects.filter(public=True).order_by("code")
    return tuple((k.code, k.question, k.answer, tuple(k.keywords or ())) for k in rows)


def _pairs(words: str) -> set[str]:
    letters = [c for c in words.lower() if c.isalnum()]
    return {a + b for a, b in pairwise(letters)}


def answers(words: str, most: int = 5) -> list[dict[str, str]]:
    """Known questions that fit the words, the best first; everything when there are no words."""
    known = registers().derived("knowledge", _knowledge)
    asked = _pairs(words)
    if not words.strip():
        return [{"code": c, "question": q, "answer": a} for c, q, a, _ in known]
    scored = []
    for code, question, answer, keywords in known:
        hits = sum(3 for key in keywords if key and key.lower() in words.lower())
        shared = asked & _pairs(question)
        score = hits + len(shared) + 0.2 * len(asked & _pairs(answer))
        if hits or len(shared) >= 2:
            scored.append((-score, code, question, answer))
    return [{"code": c, "question": q, "answer": a} for _, c, q, a in sorted(scored)[:most]]
