"""Which column means what (字段对应): built-in ones, saved ones, or one from a JSON file.

A mapping names for each field a column or a list of columns (joined), the values of the other system for `state`, `kind`,
`category` and `unit`, the form of its times and their zone. `way` says how the rows come in: `case` (finished or running cases,
by the act `import`) or `report` (papers from an outage: taken in as new reports with their true times).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from xiucheng.intake import models
from xiucheng.intake.importing import sheets
from xiucheng.intake.importing.lines import heading
from xiucheng.rules.refusals import Pair, Refused
from xiucheng.rules.workflow import KINDS, STATES

FIELDS: Final = frozenset(
    [
        "key",
        "words",
        "place",
        "lng",
        "lat",
        "opened",
        "filed",
        "dispatched",
        "fed_back",
        "ended",
        "changed",
        "due",
        "state",
        "kind",
        "category",
        "unit",
        "name",
        "phone",
        "email",
        "satisfaction",
        "answer",
        "no_place",
    ]
)
TIMES: Final = frozenset({"opened", "filed", "dispatched", "fed_back", "ended", "changed", "due"})
WAYS: Final = ("case", "report")


@dataclass(frozen=True)
class Mapping:
    """One mapping; `columns` by field, `values` by field and the other system's word."""

    name: str
    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"
    datum: str = "wgs84"
    way: str = "case"

    def needs(self) -> frozenset[str]:
        """The columns that a file must have to be read with this mapping."""
        return frozenset(self.columns[name][0] for name in ("key", "opened", "words") if name in self.columns)

    def dates(self) -> frozenset[str]:
        """The columns that hold times."""
        return frozenset(self.columns[name][0] for name in TIMES if name in self.columns)

    def fingerprint(self) -> str:
        """What the mapping is known by whatever its name: the SHA-256 of its content."""
        content = json.dumps(as_json(self) | {"zone": self.zone}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
BALTIMORE: Final = Mapping(
    name="baltimore311",
    columns={
        "key": ("SRRecordID",),
        "words": ("SRType",),
        "place": ("Address", "Neighborhood"),
        "lng": ("Longitude",),
        "lat": ("Latitude",),
        "opened": ("CreatedDate",),
        "due": ("DueDate",),
        "ended": ("CloseDate",),
        "state": ("SRStatus",),
        "answer": ("Outcome",),
    },
    values={
        "state": {
            "Closed": "closed",
            "Closed (Duplicate)": "closed",
            "Closed (Transferred)": "refused",
            "Open": "handling",
            "Open (Duplicate)": "handling",
            "In Progress": "handling",
            "Pending": "handling",
            "New": "to_register",
            "New (Duplicate)": "to_register",
        }
    },
    times=("%m/%d/%Y %I:%M:%S %p",),
    zone="America/New_York",
)
CHINESE: Final = Mapping(
    name="cases",
    columns={
        "key": ("案件编号",),
        "words": ("内容",),
        "place": ("地点",),
        "lng": ("经度",),
        "lat": ("纬度",),
        "opened": ("上报时间",),
        "filed": ("立案时间",),
        "dispatched": ("派遣时间",),
        "fed_back": ("反馈时间",),
        "ended": ("结案时间",),
        "due": ("截止时间",),
        "state": ("状态",),
        "kind": ("诉求类型",),
        "category": ("小类",),
        "unit": ("责任单位",),
        "name": ("姓名",),
        "phone": ("电话",),
        "satisfaction": ("满意度",),
        "answer": ("答复",),
    },
    times=_TIMES,
)
PAPER: Final = Mapping(
    name="paper",
    columns={
        "key": ("表单编号",),
        "words": ("内容",),
        "place": ("地点",),
        "lng": ("经度",),
        "lat": ("纬度",),
        "opened": ("反映时间",),
        "kind": ("诉求类型",),
        "name": ("姓名",),
        "phone": ("电话",),
    },
    times=_TIMES,
    way="report",
)
BUILT_IN: Final = (BALTIMORE, CHINESE, PAPER)
_STATE_WORDS: Final = {word.zh: state for state, word in STATES.items()}
_KIND_WORDS: Final = {word.zh: kind for kind, word in KINDS.items()}


def word(mapping: Mapping, name: str, said: str) -> str:
    """The other system's word for a state or kind in our words; its own words are understood without being listed."""
    known = mapping.values.get(name, {})
    ours = {"state": _STATE_WORDS, "kind": _KIND_WORDS}.get(name, {})
    return known.get(said) or ours.get(said) or said or mapping.defaults.get(name, "")


def from_json(name: str, given: dict[str, Any]) -> Mapping:
    """A mapping as a JSON object; raises `bad_mapping` with what is wrong."""
    columns = given.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise Refused("bad_mapping", why="缺少 columns")
    unknown = set(columns) - FIELDS
    if unknown:
        raise Refused(
            "bad_mapping",
            why=Pair(f"不认识的字段 {'、'.join(sorted(unknown))}", f"unknown fields {', '.join(sorted(unknown))}"),
        )
    zone, way = str(given.get("zone", "Asia/Shanghai")), str(given.get("way", "case"))
    if zone not in available_timezones():
        raise Refused("bad_mapping", why=Pair(f"没有时区 {zone}", f"there is no time zone {zone}"))
    if way not in WAYS or "key" not in columns or "opened" not in columns:
        raise Refused("bad_mapping", why="要有 key 和 opened，way 是 case 或 report")
    times = given.get("times") or list(_TIMES)
    values = {k: {str(a): str(b) for a, b in v.items()} for k, v in (given.get("values") or {}).items()}
    return Mapping(
        name[:60],
        {k: tuple(heading(str(x)) for x in ([v] if isinstance(v, str) else v)) for k, v in columns.items()},
        values,
        {k: str(v) for k, v in (given.get("defaults") or {}).items()},
        tuple(str(t) for t in times),
        str(ZoneInfo(zone)),
        str(given.get("datum", "wgs84")),
        way,
    )


def as_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as it is saved."""
    return {
        "columns": {k: list(v) for k, v in mapping.columns.items()}, "values": mapping.values,
        "defaults": mapping.defaults, "times": list(mapping.times), "datum": mapping.datum, "way": mapping.way,
    }  # fmt: skip


def save(mapping: Mapping) -> None:
    """Keep a mapping under its name for the next file (保存字段对应)."""
    models.Mapping.objects.update_or_create(
        name=mapping.name, defaults={"columns": as_json(mapping), "zone": mapping.zone}
    )


def named(name: str) -> Mapping:
    """A mapping by the name of a saved or built-in one, or from a JSON file. Raises `bad_mapping`."""
    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        try:
            return from_json(path.stem, json.loads(path.read_text(encoding="utf-8")))
        except ValueError as wrong:
            raise Refused("bad_mapping", why=Pair(f"不是 JSON：{wrong}", f"it is not JSON: {wrong}")) from wrong
    saved = models.Mapping.objects.filter(name=name).first()
    if saved is not None:
        return from_json(saved.name, {**saved.columns, "zone": saved.zone})
    for built in BUILT_IN:
        if built.name == name:
            return built
    raise Refused("bad_mapping", why=Pair(f"没有名为 {name} 的字段对应", f"no mapping is called {name}"))


def choose(path: Path, name: str = "") -> Mapping:
    """The mapping asked for, or the one whose columns the file has. Raises `bad_mapping`, `unreadable_file`."""
    if name:
        return named(name)
    there = frozenset(sheets.header(path))
    if not there:
        raise Refused("unreadable_file", why="文件是空的")
    saved = [from_json(m.name, {**m.columns, "zone": m.zone}) for m in models.Mapping.objects.order_by("name")]
    fitting: Sequence[Mapping] = [m for m in (*saved, *BUILT_IN) if m.needs() <= there]
    if not fitting:
        columns = "、".join(sorted(there))[:120]
        zh = f"没有合适的字段对应，文件的列有：{columns}"
        raise Refused("bad_mapping", why=Pair(zh, f"none fits; the file's columns are: {columns}"))
    return fitting[0]
