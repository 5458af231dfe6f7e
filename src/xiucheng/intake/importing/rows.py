"""One row of another system's sheet as a case (一行一案): times in their zone, words, place, state; what is wrong is said."""

import datetime as dt
import functools
import math
from collections.abc import Mapping as Dict
from typing import Any, Final
from zoneinfo import ZoneInfo

from xiucheng.cases.actions.bring import Brought
from xiucheng.city.registers import registers
from xiucheng.intake.actions import clean
from xiucheng.intake.actions.where import Point, settle
from xiucheng.intake.importing.mapping import Mapping, word
from xiucheng.rules.refusals import Pair, Refused
from xiucheng.rules.workflow import ENDED, KINDS, STATES

LABELS: Final = {
    "opened": "上报时间", "filed": "立案时间", "dispatched": "派遣时间", "fed_back": "反馈时间", "ended": "终结时间",
    "changed": "最后更新时间", "due": "截止时间",
}  # fmt: skip
EARLIEST: Final = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
LATEST_YEARS: Final = 30


class Reader:
    """Reads rows with one mapping."""

    def __init__(self, mapping: Mapping, file: str, now: dt.datetime) -> None:
        self.mapping = mapping
        self.file = file
        self.now = now
        self.zone = ZoneInfo(mapping.zone)
        book = registers()
        self.categories = {c.name: c.code for c in book.categories.values() if len(c.code) == 5}
        self.categories |= {code: code for code in book.categories}
        self.units = {name: u.id for u in book.units.values() for name in (u.name, u.short, u.code)}

    def text(self, row: Dict[str, str], name: str, label: str, most: int) -> str:
        """One or more columns as one text."""
        parts = [row.get(column, "") for column in self.mapping.columns.get(name, ())]
        return clean.text("，".join(p for p in parts if p), label, most)

    def one(self, row: Dict[str, str], name: str) -> str:
        columns = self.mapping.columns.get(name, ())
        return row.get(columns[0], "").strip() if columns else ""

    def moment(self, row: Dict[str, str], name: str) -> dt.datetime | None:
        """A time in the mapping's zone. Raises `bad_time`."""
        said = self.one(row, name)
        if not said:
            return None
        found = _parsed(said, self.mapping.times)
        if found is None:
            raise Refused(
                "bad_time", field=LABELS[name], why=Pair(f"看不懂“{said[:40]}”", f"“{said[:40]}” cannot be read")
            )
        aware = found if found.tzinfo else found.replace(tzinfo=self.zone)
        if aware < EARLIEST or aware > self.now + dt.timedelta(days=366 * LATEST_YEARS):
            raise Refused("bad_time", field=LABELS[name], why=Pair(f"“{said[:40]}”不可能", f"“{said[:40]}” cannot be"))
        return aware

    def point(self, row: Dict[str, str]) -> Any:
        """The place on the map, outside the district or not; nothing where the sheet has none."""
        lng, lat = self.one(row, "lng"), self.one(row, "lat")
        if not lng and not lat:
            return None
        try:
            pair = float(lng), float(lat)
        except ValueError as wrong:
            raise Refused("bad_point", why="不是数字") from wrong
        if any(math.isnan(v) for v in pair):
            return None
        return settle(Point(*pair, datum=self.mapping.datum, by="import"))

    def key(self, row: Dict[str, str]) -> str:
        """`mapping:number` of the other system."""
        own = clean.line(self.one(row, "key"), "编号", 60)
        if not own:
            raise Refused("missing", field="编号")
        return f"{self.mapping.name[:18]}:{own}"

    def contact(self, row: Dict[str, str]) -> dict[str, str] | None:
        return clean.contact({name: self.one(row, name) for name in ("name", "phone", "email")})

    def kind(self, row: Dict[str, str]) -> str:
        found = word(self.mapping, "kind", self.one(row, "kind")) or "complaint"
        if found not in KINDS:
            raise Refused("bad_choice", field="诉求类型")
        return found

    def known(self, row: Dict[str, str], name: str, label: str, there: Dict[str, Any]) -> Any:
        """A category or unit by its name or code; one that is named but unknown is a fault."""
        said = self.one(row, name)
        found = self.mapping.values.get(name, {}).get(said, said)
        if not found:
            return None
        if found not in there:
            raise Refused("bad_choice", field=label)
        return there[found]

    def end(self, row: Dict[str, str], state: str) -> tuple[dt.datetime, str]:
        """When an ended case ended, and by which field that is known where it is not `ended` itself. Raises `no_end`.

        Without its time the row is refused: taking the time of its report would say that it was settled at once. Only where
        the source has no column for the end at all does its last change stand for it, and the history says so.
        """
        by = next((name for name in ("ended", "changed") if name in self.mapping.columns), "")
        if not by:
            raise Refused(
                "bad_mapping", why="已终结的案件要有时间，请写明 ended（终结时间）或 changed（最后更新时间）的列"
            )
        found = self.moment(row, by)
        if found is None:
            raise Refused("no_end", state=STATES[state], column=self.mapping.columns[by][0])
        return found, "" if by == "ended" else by

    def case(self, number: int, row: Dict[str, str]) -> Brought:
        """The row as a case. Raises `Refused` with what is wrong."""
        opened = self.moment(row, "opened")
        if opened is None:
            raise Refused("missing", field=LABELS["opened"])
        if opened > self.now + dt.timedelta(days=1):
            raise Refused("bad_time", field=LABELS["opened"], why="还没到那个时候")
        said = self.one(row, "state")
        state = word(self.mapping, "state", said) or ("closed" if self.one(row, "ended") else "handling")
        if state not in STATES:
            raise Refused("bad_choice", field=Pair(f"状态（{said[:20]}）", f"state ({said[:20]})"))
        ended_at, ended_by = self.end(row, state) if state in ENDED else (None, "")
        spot = self.point(row)
        rating = self.one(row, "satisfaction")
        place = self.text(row, "place", "地点", clean.PLACE_MOST)
        return Brought(
            external_key=self.key(row),
            opened_at=opened,
            state=state,
            words=self.text(row, "words", "内容", clean.WORDS_MOST),
            kind=self.kind(row),
            place=place,
            no_place="" if place or spot else "原系统没有地点",
            category=self.known(row, "category", "小类", self.categories),
            unit=self.known(row, "unit", "责任单位", self.units),
            contact=self.contact(row),
            filed_at=self.moment(row, "filed"),
            dispatched_at=self.moment(row, "dispatched"),
            fed_back_at=self.moment(row, "fed_back"),
            ended_at=ended_at,
            due_at=self.moment(row, "due"),
            satisfaction=int(rating) if rating in {"1", "2", "3", "4", "5"} else None,
            answer=self.text(row, "answer", "答复", clean.WORDS_MOST),
            facts={"file": self.file[:80], "line": number, "source_state": said[:40], "ended_by": ended_by},
            **_where(spot),
        )


def _where(spot: Any) -> dict[str, Any]:
    if spot is None:
        return {}
    return {
        "lng": spot.lng, "lat": spot.lat, "street": spot.areas.street, "community": spot.areas.community,
        "cell": spot.areas.cell, "outside": not spot.areas.inside, "original_point": spot.original,
    }  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _parsed(said: str, forms: tuple[str, ...]) -> dt.datetime | None:
    for form in forms:
        try:
            return dt.datetime.strptime(said, form)  # noqa: DTZ007 - the mapping's zone is added by the caller
        except ValueError:
            continue
    try:
        return dt.datetime.fromisoformat(said)
    except ValueError:
        return None
