"""Which place the words name (地名): the district's own names, exactly as they are written; `学府大道` is not `学府路`.

A house number is put on its road's line, two roads at a crossing where they meet. A road alone gives its street or community
if it lies in one, but no point. Names that other names contain are decided for the longest.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import shapely

from xiucheng.city import queries
from xiucheng.city.models import Area, Landmark
from xiucheng.city.registers import Registers, registers
from xiucheng.triage.models import LearnedPlace

LEARNED: Final = "learned"
_HOW: Final = {LEARNED: "learned", "house": "number"}
SURE: Final = {"number": 0.9, "crossing": 0.9, "spot": 0.92, "learned": 0.75, "road": 0.55, "area": 0.4, "named": 0.6}
NEAR_CROSSING: Final = 0.0006
SHORT: Final = 0.0015
_NUMBER: Final = re.compile(r"\s*(?:第|门牌)?(\d{1,5})\s*(?:-\d+)?\s*号(?!楼|院线|线|店|机)")
_LONGER: Final = re.compile(r"[东西南北中上下]?[一二三四五六七八九十]?(?:大道|路|街|巷|立交|大桥|水库)")
_BEFORE: Final = frozenset("东西南北中新老大小上下")
_CROSSING: Final = re.compile(r"交叉|路口|交汇|交界|转角|拐角|口子")
_SOMEWHERE: Final = re.compile(
    r"\w{2,10}?(?:大道|路(?![灯面边沿人上障况段])|街(?![道上面边])|巷(?!子)|村|小区|花园|社区|广场|市场|公园|大桥|立交)"
    r"(?:\w{0,6}?(?:\d+\s*[号栋弄]|[东南西北]侧|门口|旁|对面|路口|附近|交叉|交汇))?"
)
_NOBODYS: Final = re.compile(
    r"(?:我们?|咱们?|本|这|那|该|一|整|有|某|各|很多|全|所有|附近|旁边|门口|楼下|小区|社区|广大|周边|每|多个|老旧|新建|希望|建议|请)"
)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of the gazetteer; `line` is the road's course, `area` a street or community code."""

    text: str
    kind: str
    lng: float
    lat: float
    line: Any = None
    area: str = ""
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the words say about the place: a point if there is one, its areas, how sure, and the words themselves."""

    said: str
    how: str
    certainty: float
    place: queries.Place
    lng: float | None = None
    lat: float | None = None


class Gazetteer:
    """All names, found in a text from left to right, the longest first."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.names: dict[str, list[Name]] = {}
        for name in names:
            self.names.setdefault(name.text, []).append(name)
        self.starts: dict[str, list[str]] = {}
        for text in sorted(self.names, key=len, reverse=True):
            self.starts.setdefault(text[:2], []).append(text)

    def mentions(self, words: str) -> Iterator[tuple[int, str]]:
        """Where which name stands."""
        at = 0
        while at < len(words) - 1:
            hit = next((n for n in self.starts.get(words[at : at + 2], ()) if words.startswith(n, at)), None)
            if hit is None or self._part_of_another(words, at, hit):
                at += 1 if hit is None else len(hit)
                continue
            yield at, hit
            at += len(hit)

    @staticmethod
    def _part_of_another(words: str, at: int, name: str) -> bool:
        if at and words[at - 1] in _BEFORE and name[-1] in "路街道巷":
            return True
        return name[-1] not in "路街巷道" and _LONGER.match(words, at + len(name)) is not None

    def find(self, words: str) -> Found | None:
        """The best that the words say; none when they name nothing in this district."""
        found = [f for at, text in self.mentions(words) for f in self._of(words, at, text)]
        roads = [n for _, text in self.mentions(words) for n in self.names[text] if n.line is not None]
        crossing = _crossing(roads) if _CROSSING.search(words) else None
        best = max([*found, *([crossing] if crossing else [])], key=lambda f: f.certainty, default=None)
        if best is None:
            return None
        several = {f.place.community for f in found if f.how == "spot" and f.said == best.said}
        return replace(best, certainty=best.certainty * 0.5) if best.how == "spot" and len(several) > 1 else best

    def _of(self, words: str, at: int, text: str) -> Iterator[Found]:
        for name in self.names[text]:
            if name.line is not None:
                yield _on_road(name, words[at + len(text) : at + len(text) + 12])
            elif name.kind == "area":
                yield Found(text, "area", SURE["area"], _area(name.area))
            else:
                yield _at(name.lng, name.lat, text, _HOW.get(name.kind, "spot"))

    def registered(self) -> list[str]:
        """The names that the registers know, without those that were learned."""
        return [text for text, of in self.names.items() if any(name.kind != LEARNED for name in of)]

    def without_names(self, words: str) -> str:
        """The words with the names of places taken out, so that they do not mislead about the matter."""
        kept, last = [], 0
        for at, text in self.mentions(words):
            kept.append(words[last:at])
            last = at + len(text)
        return "".join([*kept, words[last:]])


def _at(lng: float, lat: float, said: str, how: str) -> Found:
    return Found(said, how, SURE[how], queries.locate(lng, lat), round(lng, 6), round(lat, 6))


def _on_road(name: Name, after: str) -> Found:
    number = _NUMBER.match(after)
    if number and name.first is not None and name.last is not None:
        wanted = int(number.group(1))
        if name.first <= wanted <= name.last:
            share = (wanted - name.first) / max(1, name.last - name.first)
            point = name.line.interpolate(share, normalized=True)
            return _at(point.x, point.y, f"{name.text}{wanted}号", "number")
    middle = name.line.interpolate(0.5, normalized=True)
    if name.line.length < SHORT:
        return replace(_at(middle.x, middle.y, name.text, "road"), certainty=SURE["spot"])
    return Found(name.text, "road", SURE["road"], _common(name.line))


def _common(line: Any) -> queries.Place:
    """The areas that the whole road lies in."""
    spots = [queries.locate(p.x, p.y) for p in (line.interpolate(s / 8, normalized=True) for s in range(9))]
    first = spots[0]
    street = first.street if all(s.street == first.street for s in spots) else ""
    community = first.community if all(s.community == first.community for s in spots) else ""
    zone = first.zone if all(s.zone == first.zone for s in spots) else ""
    return queries.Place(first.district, street, community, "", zone, any(s.inside for s in spots))


def _area(code: str) -> queries.Place:
    long = len(code) > 9
    return queries.Place(code[:6], code[:9], code if long else "", "", "", True)


def _crossing(roads: Sequence[Name]) -> Found | None:
    for i, one in enumerate(roads):
        for other in roads[i + 1 :]:
            if other.text != one.text and one.line.distance(other.line) < NEAR_CROSSING:
                point = shapely.shortest_line(one.line, other.line).interpolate(0.5, normalized=True)
                return _at(point.x, point.y, f"{one.text}与{other.text}路口", "crossing")
    return None


def somewhere(words: str) -> str:
    """A place that is named but not in the gazetteer, as it stands in the words; empty if there is none."""
    hits = (hit.group(0) for hit in _SOMEWHERE.finditer(words[:300]))
    return next((hit[:60] for hit in hits if not _NOBODYS.match(hit)), "")


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: tuple[Registers, Gazetteer] | None = None


_memory = _Memory()


def gazetteer() -> Gazetteer:
    """The names as of at most a second ago."""
    reading = registers()
    found = _memory.found
    if found is not None and found[0] is reading:
        return found[1]
    with _memory.lock:
        made = Gazetteer(list(_read()))
        _memory.found = (reading, made)
        return made


def _read() -> Iterator[Name]:
    for mark in Landmark.objects.all():
        line = shapely.LineString(mark.line["coordinates"]) if mark.line else None
        name = Name(mark.name, mark.kind, mark.lng, mark.lat, line, mark.area_id or "", mark.house_from, mark.house_to)
        for text in {mark.name, *mark.aliases}:
            if len(text) > 1:
                yield replace(name, text=text)
    for code, text in Area.objects.filter(level__in=["street", "community"]).values_list("code", "name"):
        yield Name(text, "area", 0.0, 0.0, None, code)
    for text, lng, lat in LearnedPlace.objects.values_list("name", "lng", "lat"):
        yield Name(text, LEARNED, lng, lat)
