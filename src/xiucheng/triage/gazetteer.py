"""Which place the words name (地名): the district's own names, exactly as they are written; `学府大道` is not `学府路`.

A house number is put on its road's line, two roads at a crossing where they meet. A road alone gives its street or community
if it lies in one, but no point. Names that other names contain are decided for the longest.
"""

import math
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import shapely

from xiucheng.city import queries
from xiucheng.city.models import Area, Landmark
from xiucheng.city.registers import Registers, registers
from xiucheng.triage import spelling
from xiucheng.triage.models import LearnedPlace

LEARNED: Final = "learned"
_HOW: Final = {LEARNED: "learned", "house": "number"}
SURE: Final = {
    "number": 0.9,
    "crossing": 0.9,
    "spot": 0.92,
    "learned": 0.75,
    "road": 0.55,
    "beyond": 0.55,
    "area": 0.4,
    "named": 0.6,
    "abroad": 0.2,
}
EXACT: Final = frozenset(("number", "crossing", "spot", "learned"))
APART: Final = 300.0
"""Metres between two exact places in the words from which they contradict each other."""
TWICE: Final = 150.0
"""Metres from which two places of one name are two."""
DOUBT: Final = 0.5
AFTER: Final = 20
"""So many letters after a road's name may be its house number."""
NEAR_CROSSING: Final = 0.0006
SHORT: Final = 0.0015
_LONGER: Final = re.compile(
    r"[东西南北中上下]?[一二三四五六七八九十]?"
    r"(?:大道|路(?![灯面边沿口上下中障况段基牙])|街(?![道上面边])|巷(?!子|道)|立交|大桥|水库)"
)
"""What makes a name the beginning of another: `柳荫小区路` is a road, `柳荫小区路灯` is not."""
_BEFORE: Final = frozenset("东西南北中新老大小上下")
_CROSSING: Final = re.compile(r"交叉|路口|交汇|交界|转角|拐角|口子")
_CUT: Final = re.compile(r"(?<=号)|[，。,；;！!？?\s]")
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
    """What the words say about the place: a point if there is one, its areas, how sure, and the words themselves.

    `other` is a second exact place that the words name as well, far from this one.
    """

    said: str
    how: str
    certainty: float
    place: queries.Place
    lng: float | None = None
    lat: float | None = None
    other: str = ""

    def metres(self, other: "Found") -> float | None:
        """How far apart two points are; none where one has none."""
        if self.lng is None or self.lat is None or other.lng is None or other.lat is None:
            return None
        return _metres(self.lng, self.lat, other.lng, other.lat)


@dataclass(slots=True)
class Gazetteer:
    """All names, found in a text from left to right, the longest first; `own` are the names of the districts."""

    listed: Sequence[Name]
    own: frozenset[str] = frozenset()
    names: dict[str, list[Name]] = field(default_factory=dict)
    starts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.listed:
            self.names.setdefault(spelling.plain(name.text), []).append(name)
        for text in sorted(self.names, key=len, reverse=True):
            self.starts.setdefault(text[:2], []).append(text)

    def mentions(self, words: str) -> Iterator[tuple[int, str]]:
        """Where which name stands, as it is listed (`spelling.plain`)."""
        plain, at, last = spelling.plain(words), 0, -1
        while at < len(words) - 1:
            hit = next((n for n in self.starts.get(plain[at : at + 2], ()) if plain.startswith(n, at)), None)
            if hit is not None and len(hit) == 2 and not spelling.stands_alone(words, at, at + 2, at == last):
                hit = None
            if hit is None or self._part_of_another(words, at, hit):
                at += 1 if hit is None else len(hit)
                continue
            yield at, hit
            at = last = at + len(hit)

    @staticmethod
    def _part_of_another(words: str, at: int, name: str) -> bool:
        if at and words[at - 1] in _BEFORE and name[-1] in "路街道巷":
            return True
        return name[-1] not in "路街巷道" and _LONGER.match(words, at + len(name)) is not None

    def find(self, words: str) -> Found | None:
        """The best that the words say; none when they name nothing in this district.

        Where somebody lives counts only if nothing else is named; two exact places far apart, and a name that two places have,
        leave doubt.
        """
        here: list[Found] = []
        homes: list[Found] = []
        roads: list[Name] = []
        abroad, before, ended = "", None, -1
        for at, text in self.mentions(words):
            away = spelling.elsewhere(words[:at], self.own)
            if away:
                abroad = abroad or words[at - len(away) : at + len(text) + 6]
                continue
            found = self._of(words, at, text)
            if before is not None and before.how == "area" and at == ended:
                found = _within(found, before)
            before, ended = found, at + len(text)
            (homes if spelling.home(words[:at]) else here).append(found)
            roads += [n for n in self.names[text] if n.line is not None]
        crossing = _crossing(roads) if _CROSSING.search(words) else None
        here += [crossing] if crossing else []
        if crossing is None and len({road.text for road in roads}) > 1 and _CROSSING.search(words):
            here = _not_met(here)
        best = max(
            here if any(f.how != "area" for f in here) else here + homes, key=lambda f: f.certainty, default=None
        )
        if best is None:
            said = _CUT.split(abroad)[0]
            return Found(said, "abroad", SURE["abroad"], queries.Place()) if abroad else None
        far = next((f for f in here if best.how in EXACT and f.how in EXACT and (best.metres(f) or 0.0) > APART), None)
        return replace(best, certainty=min(best.certainty, DOUBT), other=far.said) if far is not None else best

    def _of(self, words: str, at: int, text: str) -> Found:
        """What one mention says; half as sure where two places have that name."""
        wrote = words[at : at + len(text)]
        after = words[at + len(text) : at + len(text) + AFTER]
        of = sorted(self._building(text, after) or self.names[text], key=lambda name: name.text != wrote)
        found = sorted((_one(name, after) for name in of), key=lambda f: -f.certainty)
        best = found[0]
        rivals = [f for f in found[1:] if (f.certainty == best.certainty and f.place != best.place) or _apart(f, best)]
        if not rivals:
            return best
        if best.lng is None:
            return replace(best, place=_shared([best.place, *(f.place for f in rivals)]))
        return replace(best, certainty=best.certainty * 0.5)

    def _building(self, text: str, after: str) -> list[Name]:
        """The building of it that is listed (`5栋`), however it was written (`五幢2单元501`, `5-3-2`)."""
        number = spelling.building(after)
        each = (self.names.get(f"{text}{number}{kind}") for kind in spelling.BUILDINGS if number)
        return next((found for found in each if found), [])

    def nearest(self, words: str, lng: float, lat: float) -> tuple[float, str] | None:
        """Of the exact places and the roads that the words name, the nearest to a point: metres and name; none if none is named."""
        here = shapely.Point(lng, lat)
        found: list[tuple[float, str]] = []
        for at, text in self.mentions(words):
            if spelling.home(words[:at]) or spelling.elsewhere(words[:at], self.own):
                continue
            for name in self.names[text]:
                one = _one(name, words[at + len(text) : at + len(text) + AFTER])
                if one.lng is not None and one.lat is not None and one.certainty >= SURE["number"]:
                    found.append((_metres(lng, lat, one.lng, one.lat), one.said))
                elif name.line is not None:
                    point = name.line.interpolate(name.line.project(here))
                    found.append((_metres(lng, lat, point.x, point.y), one.said))
        return min(found, default=None)

    def registered(self) -> list[str]:
        """The names that the registers know, without those that were learned."""
        return [name.text for of in self.names.values() for name in of if name.kind != LEARNED]

    def without_names(self, words: str) -> str:
        """The words with the names of places taken out, so that they do not mislead about the matter."""
        kept, last = [], 0
        for at, text in self.mentions(words):
            kept.append(words[last:at])
            last = at + len(text)
        return "".join([*kept, words[last:]])


def _within(found: Found, area: Found) -> Found:
    """A point whose street is not the one that is written before it (涂山镇学府大道69号) is in doubt."""
    known = found.lng is not None and found.place.street and area.place.street
    if not known or found.place.street == area.place.street:
        return found
    return replace(found, certainty=min(found.certainty, DOUBT), other=area.said)


def _not_met(found: Sequence[Found]) -> list[Found]:
    """Roads of which a crossing is told but that do not meet: no more is known than what they have in common."""
    roads = [f for f in found if f.how == "road"]
    shared = _shared([f.place for f in roads]) if roads else queries.Place()
    return [replace(f, place=shared) if f.how == "road" else f for f in found]


def _metres(lng: float, lat: float, to_lng: float, to_lat: float) -> float:
    return math.hypot((lng - to_lng) * math.cos(math.radians(lat)), lat - to_lat) * queries.METRES_PER_DEGREE


def _apart(one: Found, other: Found) -> bool:
    return one.certainty == other.certainty and (one.metres(other) or 0.0) > TWICE


def _one(name: Name, after: str) -> Found:
    if name.line is not None:
        return _on_road(name, after)
    if name.kind == "area":
        return Found(name.text, "area", SURE["area"], _area(name.area))
    return _at(name.lng, name.lat, name.text, _HOW.get(name.kind, "spot"))


def _shared(places: Sequence[queries.Place]) -> queries.Place:
    """What several places have in common."""
    first = places[0]
    same = {
        part: all(getattr(p, part) == getattr(first, part) for p in places) for part in ("street", "community", "zone")
    }
    return queries.Place(
        first.district, first.street if same["street"] else "", first.community if same["community"] else "", "",
        first.zone if same["zone"] else "", any(p.inside for p in places),
    )  # fmt: skip


def _at(lng: float, lat: float, said: str, how: str) -> Found:
    return Found(said, how, SURE[how], queries.locate(lng, lat), round(lng, 6), round(lat, 6))


def _on_road(name: Name, after: str) -> Found:
    wanted = spelling.house(after)
    known = name.first is not None and name.last is not None
    if wanted is not None and known and name.first <= wanted <= name.last:  # type: ignore[operator]  # both are known
        share = (wanted - name.first) / max(1, name.last - name.first)  # type: ignore[operator]  # both are known
        point = name.line.interpolate(share, normalized=True)
        return _at(point.x, point.y, f"{name.text}{wanted}号", "number")
    if wanted is not None and known:
        return Found(f"{name.text}{wanted}号", "beyond", SURE["beyond"], _common(name.line))
    middle = name.line.interpolate(0.5, normalized=True)
    if name.line.length < SHORT:
        return replace(_at(middle.x, middle.y, name.text, "road"), certainty=SURE["spot"])
    return Found(name.text, "road", SURE["road"], _common(name.line))


def _common(line: Any) -> queries.Place:
    """The areas that the whole road lies in."""
    return _shared([queries.locate(p.x, p.y) for p in (line.interpolate(s / 8, normalized=True) for s in range(9))])


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
        own = Area.objects.filter(level="district").values_list("name", flat=True)
        made = Gazetteer(list(_read()), frozenset(own))
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
        for called in spelling.called(text):
            yield Name(called, "area", 0.0, 0.0, None, code)
    for text, lng, lat in LearnedPlace.objects.values_list("name", "lng", "lat"):
        yield Name(text, LEARNED, lng, lat)
