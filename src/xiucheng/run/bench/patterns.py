"""Model cases (样案): a few hundred cases carried through the gateway itself, then taken back; the loader stamps copies of them."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection, transaction

from xiucheng.cases import actions
from xiucheng.city import clock, queries
from xiucheng.city.models import Duty, Landmark, Standard
from xiucheng.rules.mercator import mercator
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

MONDAY: Final = dt.datetime(2024, 3, 4, 9, 0, tzinfo=clock.ZONE)
"""Before the days that the loader fills, so that no number is taken twice."""
PICTURE: Final = [{"sha256": "0" * 64, "original_sha256": "0" * 64, "width": 800, "height": 600}]
WORDS: Final = (
    "坏了好几天没人修",
    "挡着路不好走",
    "晚上看不见很危险",
    "味道很大影响生活",
    "请尽快安排处理",
    "老人孩子经过不安全",
)
ENDS: Final[dict[str, tuple[str, ...]]] = {
    "closed": ("register", "file", "dispatch", "sign", "feed_back", "send_check", "check", "close"),
    "rated": ("register", "file", "dispatch", "sign", "feed_back", "send_check", "check", "close", "verdict"),
    "returned": ("register", "file", "dispatch", "return", "dispatch", "feed_back", "send_check", "check", "close"),
    "reworked": (
        "register", "file", "dispatch", "feed_back", "send_check", "rework", "feed_back", "send_check", "check", "close",
    ),
    "answered": ("answer",),
    "refused": ("refuse",),
    "declined": ("register", "decline"),
    "to_register": (),
    "to_file": ("register",),
    "verifying": ("register", "send_verify"),
    "to_dispatch": ("register", "file"),
    "handling": ("register", "file", "dispatch"),
    "signed": ("register", "file", "dispatch", "sign"),
    "asked": ("register", "file", "dispatch", "sign", "extend.ask"),
    "to_check": ("register", "file", "dispatch", "sign", "feed_back"),
    "checking": ("register", "file", "dispatch", "sign", "feed_back", "send_check"),
    "to_close": ("register", "file", "dispatch", "sign", "feed_back", "send_check", "check"),
}  # fmt: skip
ENDED: Final = {"closed": 50, "rated": 25, "returned": 6, "reworked": 6, "answered": 5, "refused": 4, "declined": 4}
OPEN: Final = {
    "to_register": 8, "to_file": 6, "verifying": 5, "to_dispatch": 8, "handling": 40, "signed": 15, "asked": 2,
    "to_check": 6, "checking": 6, "to_close": 4,
}  # fmt: skip
TABLES: Final = ("cases_case", "cases_report", "cases_clock", "cases_task", "case_history")


@dataclass(frozen=True)
class Spot:
    """A place in the district with its areas."""

    lng: float
    lat: float
    x: float
    y: float
    street: str
    community: str
    cell: str
    place: str

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def told(self) -> dict[str, Any]:
        """As the history of a report tells it."""
        return {k: v for k, v in self.columns().items() if k not in {"x", "y"}}


@dataclass(frozen=True)
class Pattern:
    """The rows of one model case, by table, as column and value."""

    end: str
    words: str
    rows: dict[str, list[dict[str, Any]]]


def spots(chance: random.Random, count: int = 3_000) -> list[Spot]:
    """Places near the district's landmarks."""
    known = list(Landmark.objects.values_list("name", "lng", "lat"))
    found: list[Spot] = []
    while len(found) < count:
        name, lng, lat = chance.choice(known)
        lng, lat = round(lng + chance.gauss(0, 0.002), 6), round(lat + chance.gauss(0, 0.002), 6)
        areas = queries.locate(lng, lat)
        if areas.inside:
            x, y = mercator(lng, lat)
            place = f"{name}附近{chance.randrange(1, 200)}号"
            found.append(Spot(lng, lat, round(x, 2), round(y, 2), areas.street, areas.community, areas.cell, place))
    return found


def patterns(chance: random.Random, each: int = 4) -> tuple[list[Pattern], list[Pattern]]:
    """Ended and open model cases; nothing of them stays in the database."""
    duties = {d.category_id: d.unit_id for d in Duty.objects.order_by("weight") if len(d.category_id) == 5}
    broad = {d.category_id: d.unit_id for d in Duty.objects.order_by("weight")}
    standards = [
        (s, unit)
        for s in Standard.objects.filter(active=True).order_by("id")
        if (unit := duties.get(s.category_id) or broad.get(s.category_id[:3]) or broad.get(s.category_id[:1]))
    ]
    places = spots(chance, 50)
    ended: list[Pattern] = []
    opened: list[Pattern] = []
    with transaction.atomic():
        for end, path in ENDS.items():
            for _ in range(each * 3 if end in {"closed", "rated", "handling"} else each):
                standard, unit = chance.choice(standards)
                one = _walk(end, path, standard, unit, chance.choice(places), chance)
                (opened if end in OPEN else ended).append(one)
        transaction.set_rollback(True)
    clock.forget()
    return ended, opened


def _walk(end: str, path: tuple[str, ...], standard: Standard, unit: int, spot: Spot, chance: random.Random) -> Pattern:
    at = MONDAY + dt.timedelta(minutes=chance.randrange(0, 400))
    clock.set_demo_clock(shown_at=at, rate=0.0)
    said = f"{standard.category.name}{chance.choice(WORDS)}"
    kind = "question" if end == "answered" else "complaint"
    given = actions.Submission(
        channel=chance.choice(("web", "hotline", "desk")), kind=kind, words=said, place=spot.place, lng=spot.lng,
        lat=spot.lat, street=spot.street, community=spot.community, cell=spot.cell,
        contact={"phone": "13900000000"}, category=standard.category_id,
    )  # fmt: skip
    case = actions.submit(given, Actor("resident")).case_id
    for key in path:
        at += dt.timedelta(minutes=chance.choice((4, 9, 14, 25, 60, 240, 900)))
        clock.set_demo_clock(shown_at=at, rate=0.0)
        act, _, step = key.partition(".")
        try:
            actions.act(case, act, _actor(act, unit), _form(act, standard, unit), step=step)
        except Refused as refusal:
            if refusal.code not in {"overdue", "too_late"}:
                raise
    return Pattern(end, said, {table: list(_rows(table, case)) for table in TABLES})


def _actor(act: str, unit: int) -> Actor:
    posts = frozenset({"operator", "shift_leader", "dispatcher", "officer", "unit", "handler"})
    if act == "verdict":
        return Actor("resident")
    return Actor("account", "4" if act in {"check", "rework", "verify"} else "1", posts, unit=unit)


def _form(act: str, standard: Standard, unit: int) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "register": {"category": standard.category_id},
        "file": {"standard": standard.id},
        "dispatch": {"unit": unit},
        "return": {"reason": "不属于我单位"},
        "feed_back": {"pictures": PICTURE, "words": "已处理"},
        "send_check": {"person": "4"},
        "send_verify": {"person": "4"},
        "check": {"pictures": PICTURE, "condition": True},
        "rework": {"pictures": PICTURE, "reason": "没有办好"},
        "close": {"standard": standard.id},
        "verdict": {"rating": "5"},
        "answer": {"words": "您好，答复如下。"},
        "refuse": {"reason": "不归中心管", "whose": "供电公司 95598"},
        "decline": {"reason": "不符合条件", "words": "现场看过，不符合立案条件。"},
        "extend": {"reason": "材料未到"},
    }
    return forms.get(act, {})


def _rows(table: str, case: int) -> Iterator[dict[str, Any]]:
    key = "id" if table == "cases_case" else "case_id"
    order = "seq" if table == "case_history" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s ORDER BY {order}", [case])
        names = [c[0] for c in cursor.description]
        for row in cursor.fetchall():
            found = dict(zip(names, row, strict=True))
            for name in ("before", "after", "facts", "helpers", "flags", "ask", "original_point"):
                if isinstance(found.get(name), str):
                    found[name] = orjson.loads(found[name])
            yield found
