"""What people typed, as the law wants it (表单取值): one reader for desk, phone and API, driven by an act's needs."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Row
from xiucheng.rules.workflow.needs import Need

PLACE_FIELDS: Final = ("lng", "lat", "place", "no_place")
BIGGEST_ID: Final = 2**53


def read(row: Row, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form of one act. `given` maps names to text, numbers or lists; pictures come as stored rows.

    Raises `Refused` with the field's name in a sentence; what the act does not ask for is dropped.
    """
    form: dict[str, Any] = {}
    for need in row.needs:
        if need.kind == "place":
            form |= place(given)
        elif given.get(need.name) not in (None, "", [], ()):
            form[need.name] = READERS[need.kind](given[need.name], need)
    if row.act in {"feed_back", "verify", "check", "rework", "note"} and given.get("pictures"):
        form["pictures"] = list(given["pictures"])
    return form


def text(value: Any, need: Need) -> str:
    if not isinstance(value, str | int | float):
        raise Refused("bad_field", field=need, why="要是文字")
    return legible(str(value)).strip()


def whole(value: Any, need: Need) -> int:
    """A whole number; anything else is a choice that there is not."""
    try:
        number = int(str(value))
    except ValueError:
        raise Refused("bad_choice", field=need) from None
    if not -BIGGEST_ID < number < BIGGEST_ID:
        raise Refused("bad_choice", field=need)
    return number


def unit(value: Any, need: Need) -> int:
    number = whole(value, need)
    if number not in registers().units:
        raise Refused("bad_choice", field=need)
    return number


def units(value: Any, need: Need) -> list[int]:
    several = value if isinstance(value, list | tuple) else [value]
    return [unit(one, need) for one in several[:20]]


def category(value: Any, need: Need) -> str:
    if str(value) not in registers().categories:
        raise Refused("bad_choice", field=need)
    return str(value)


def standard(value: Any, need: Need) -> int:
    number = whole(value, need)
    if number not in registers().standards:
        raise Refused("bad_choice", field=need)
    return number


def person(value: Any, need: Need) -> int:
    from xiucheng.people.models import Account

    number = whole(value, need)
    if not Account.objects.filter(id=number, is_active=True).exists():
        raise Refused("bad_choice", field=need)
    return number


def case(value: Any, need: Need) -> int:
    """The main case by its id or its number."""
    from xiucheng.cases.models import Case

    said = str(value).strip()[:24]
    found = Case.objects.filter(number=said).values_list("id", flat=True).first()
    return found if found is not None else whole(said, need)


def date(value: Any, need: Need) -> dt.datetime:
    """A moment; a day alone means its end. Without a zone it is the district's time."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value
    try:
        moment = dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Refused("bad_time", field=need, why="看不懂这个日期") from None
    if len(str(value).strip()) <= len("2026-01-01"):
        moment = moment.replace(hour=23, minute=59)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=clock.ZONE)
    if not 2000 <= moment.year <= 2100:
        raise Refused("bad_time", field=need, why="年份不对")
    return moment


def flag(value: Any, _: Need) -> bool:
    return value is True or str(value).lower() in {"1", "true", "on", "yes"}


def pictures(value: Any, need: Need) -> list[Mapping[str, Any]]:
    if not isinstance(value, Sequence) or not all(isinstance(p, Mapping) for p in value):
        raise Refused("bad_field", field=need, why="要先上传照片")
    return list(value)


def degrees(value: Any, field: str, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Refused("bad_field", field=field, why="要是数字") from None
    if not -most <= number <= most:
        raise Refused("bad_field", field=field, why="超出范围")
    return number


def place(given: Mapping[str, Any]) -> dict[str, Any]:
    """Point, words for the place, or why there is none; half a point is refused."""
    found: dict[str, Any] = {}
    if given.get("lng") not in (None, "") or given.get("lat") not in (None, ""):
        found["lng"] = degrees(given.get("lng"), "经度", 180)
        found["lat"] = degrees(given.get("lat"), "纬度", 85)
    for name, most in (("place", 200), ("no_place", 100)):
        if given.get(name) not in (None, ""):
            found[name] = legible(str(given[name])).strip()[:most]
    return found


READERS: Final[dict[str, Callable[[Any, Need], Any]]] = {
    "text": text,
    "choice": text,
    "unit": unit,
    "units": units,
    "person": person,
    "category": category,
    "standard": standard,
    "date": date,
    "number": whole,
    "case": case,
    "flag": flag,
    "picture": pictures,
}
