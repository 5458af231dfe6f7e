"""Rows with their line numbers (逐行读取): CSV, YAML lists and maps, GeoJSON features. A fault can always name file and line."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; GeoJSON puts its shape beside the properties."""

    file: str
    line: int
    values: dict[str, Any]
    shape: Any = None


class UnreadableError(Exception):
    """A file that cannot be read as what it should be; `line` says where."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


def text_of(path: Path) -> str:
    """A file's text: UTF-8 with or without a byte order mark, or GB 18030, as Chinese spreadsheets save it."""
    body = path.read_bytes()
    if b"\x00" in body:
        raise UnreadableError(body[: body.index(b"\x00")].count(b"\n") + 1, "含有不可见的控制字符")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        try:
            return body.decode("gb18030")
        except UnicodeDecodeError:
            raise UnreadableError(body[: wrong.start].count(b"\n") + 1, "不是 UTF-8 或 GB 18030 编码") from wrong


class _Plain(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for a file of any size."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # untyped in PyYAML's stubs
            raise yaml.MarkedYAMLError(problem="不支持引用（*）", problem_mark=mark)
        return super().compose_node(parent, index)


LONGEST_CELL: Final = 131_072
"""Characters; a quote that is never closed runs on beyond."""


def csv_rows(path: Path) -> tuple[list[str], Iterator[Row]]:
    """The header and the rows; an empty line is skipped, cells are stripped."""
    csv.field_size_limit(LONGEST_CELL)  # one number for the whole process: another reader may have set its own
    reader = csv.reader(io.StringIO(text_of(path), newline=""))
    try:
        header = [c.strip() for c in next(reader, [])]
    except csv.Error as wrong:
        raise UnreadableError(1, "有一格太长，多半是引号没有成对") from wrong

    def rows() -> Iterator[Row]:
        last = reader.line_num
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as wrong:
                raise UnreadableError(last + 1, "有一格太长，多半是引号没有成对") from wrong
            if cells is None:
                return
            line, last = last + 1, reader.line_num
            if not any(c.strip() for c in cells):
                continue
            if len(cells) > len(header):
                raise UnreadableError(line, f"有 {len(cells)} 列，表头只有 {len(header)} 列")
            padded = [c.strip() for c in cells] + [""] * (len(header) - len(cells))
            yield Row(path.name, line, dict(zip(header, padded, strict=True)))

    return header, rows()


def yaml_rows(path: Path) -> list[Row]:
    """Items of a list, or of a map as `{"key": name, "value": item}`."""
    try:
        loader = _Plain(text_of(path))
        node = loader.get_single_node()
        return [] if node is None else list(_items(path.name, loader, node))
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise UnreadableError(line, f"YAML 写法有误：{wrong.problem}") from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise UnreadableError(1, "YAML 写法有误，或含有不可见的控制字符") from wrong


def _items(name: str, loader: _Plain, node: yaml.Node) -> Iterator[Row]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            value = loader.construct_object(item, deep=True)
            if not isinstance(value, dict):
                raise UnreadableError(item.start_mark.line + 1, "每一项都要写成“名称: 值”")
            yield Row(name, item.start_mark.line + 1, value)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            value = loader.construct_object(item, deep=True)
            yield Row(name, key.start_mark.line + 1, {"key": key.value, "value": value})
    else:
        raise UnreadableError(1, "应是列表或“名称: 值”")


def geojson_rows(path: Path) -> Iterator[Row]:
    """Features one by one, each with the line on which it begins."""
    text = text_of(path)
    start = text.find("[", text.find('"features"'))
    if '"features"' not in text or start < 0:
        raise UnreadableError(1, "不是 GeoJSON 要素集（缺少 features）")
    decoder = json.JSONDecoder()
    at, line, counted = start + 1, 1 + text.count("\n", 0, start + 1), start + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text):
            raise UnreadableError(line, "GeoJSON 没有写完")
        if text[at] == "]":
            return
        try:
            feature, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as wrong:
            raise UnreadableError(wrong.lineno, "GeoJSON 写法有误") from wrong
        except RecursionError as wrong:
            raise UnreadableError(line, "GeoJSON 嵌套太深") from wrong
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise UnreadableError(line, "不是 GeoJSON 要素")
        yield Row(path.name, line, dict(feature.get("properties") or {}), feature.get("geometry"))
