"""What has been read of a pack so far (核对簿): codes known, rows ready for the database, and every fault found."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from xiucheng.city.pack.rows import Row, UnreadableError, csv_rows, geojson_rows, yaml_rows


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong (差错): file, line and what, in Chinese."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行：{self.why}" if self.line else f"{self.file}：{self.why}"


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@dataclass
class Book:
    """The reading of one pack. `rows` holds tuples per table; `known` the codes per register; `shapes` polygons by code."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    shapes: dict[str, BaseGeometry] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def datum(self) -> str:
        """The coordinates of the pack: wgs84 unless `pack.yaml` says gcj02 or bd09."""
        return str(self.facts.get("datum", "wgs84"))

    def fault(self, row: Row, why: str) -> None:
        """Write down one thing that is wrong; reading goes on."""
        self.faults.append(Fault(row.file, row.line, why))

    def add(self, table: str, *record: Any) -> None:
        """A row is ready for the database."""
        self.rows.setdefault(table, []).append(record)

    # -- files ---------------------------------------------------------------------------------------------------------

    def csv(self, name: str, must: str, may: str = "") -> Iterator[Row]:
        """Rows of a CSV file; columns missing or unknown are faults of line 1."""
        path = self.folder / name
        if not path.exists():
            self.faults.append(Fault(name, 0, "缺少这个文件"))
            return
        try:
            header, rows = csv_rows(path)
            self._columns(name, header, must.split(), may.split())
            if set(must.split()) <= set(header):
                yield from rows
        except UnreadableError as wrong:
            self.faults.append(Fault(name, wrong.line, wrong.why))

    def _columns(self, name: str, header: list[str], must: list[str], may: list[str]) -> None:
        for column in must:
            if column not in header:
                self.faults.append(Fault(name, 1, f"缺少列“{column}”"))
        for column in header:
            if column not in must and column not in may:
                self.faults.append(Fault(name, 1, f"不认识的列“{column}”"))

    def yaml(self, name: str, must: str, may: str = "") -> Iterator[Row]:
        """Items of a YAML file; keys missing or unknown are faults of the item's line."""
        try:
            for row in self._read(name, yaml_rows):
                if self._keys(row, must.split(), may.split()):
                    yield row
        except UnreadableError as wrong:
            self.faults.append(Fault(name, wrong.line, wrong.why))

    def geojson(self, name: str, must: str, may: str = "") -> Iterator[Row]:
        """Features of a GeoJSON file; the same rules for its properties."""
        try:
            for row in self._read(name, geojson_rows):
                if self._keys(row, must.split(), may.split()):
                    yield row
        except UnreadableError as wrong:
            self.faults.append(Fault(name, wrong.line, wrong.why))

    def _read(self, name: str, how: Any) -> Iterator[Row]:
        path = self.folder / name
        if not path.exists():
            self.faults.append(Fault(name, 0, "缺少这个文件"))
            return iter(())
        return iter(how(path))

    def _keys(self, row: Row, must: list[str], may: list[str]) -> bool:
        for key in row.values:
            if key not in must and key not in may:
                self.fault(row, f"不认识的项“{key}”")
        if any("\x00" in text for text in _texts(list(row.values.values()))):
            self.fault(row, "含有不可见的控制字符")
            return False
        missing = [key for key in must if key not in row.values]
        for key in missing:
            self.fault(row, f"缺少“{key}”")
        return not missing

    # -- cells of a row ------------------------------------------------------------------------------------------------

    def text(self, row: Row, key: str, most: int, *, empty: bool = False) -> str:
        """A text of at most so many characters."""
        value = str(row.values.get(key) or "").strip()
        if not value and not empty:
            self.fault(row, f"“{key}”不能空着")
        if len(value) > most:
            self.fault(row, f"“{key}”太长，最多 {most} 个字")
        return value[:most]

    def number(self, row: Row, key: str, least: float, most: float, default: float | None = None) -> float:
        """A number between two bounds; an empty cell gives the default."""
        raw = row.values.get(key)
        if raw in (None, "") and default is not None:
            return default
        try:
            value = float(str(raw))
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            self.fault(row, f"“{key}”应是 {least:g} 到 {most:g} 之间的数，现在是“{raw}”")
            return default if default is not None else least
        return value

    def whole(self, row: Row, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number between two bounds."""
        value = self.number(row, key, least, most, default)
        if value != int(value):
            self.fault(row, f"“{key}”应是整数")
        return int(value)

    def yes(self, row: Row, key: str, default: bool) -> bool:
        """1/0, true/false, 是/否."""
        raw = str(row.values.get(key, "")).strip().lower()
        if raw in ("", "none"):
            return default
        if raw in ("1", "true", "是", "yes"):
            return True
        if raw not in ("0", "false", "否", "no"):
            self.fault(row, f"“{key}”应是 1 或 0，现在是“{raw}”")
        return False

    def new(self, register: str, row: Row, key: str, code: str, value: Any = True) -> bool:
        """Note a code; False (and a fault) when it is empty or there already."""
        known = self.known.setdefault(register, {})
        if not code or code in known:
            if code:
                self.fault(row, f"“{key}”{code} 重复")
            return False
        known[code] = value
        return True

    def refer(self, register: str, row: Row, key: str, *, empty: bool = False) -> str | None:
        """A code that another file must know; None when it may be and is empty."""
        code = str(row.values.get(key) or "").strip()
        if not code:
            if not empty:
                self.fault(row, f"“{key}”不能空着")
            return None
        if code not in self.known.get(register, {}):
            self.fault(row, f"“{key}”指向不存在的 {code}")
            return None
        return code
