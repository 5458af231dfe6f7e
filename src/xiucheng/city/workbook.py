"""The workbook in which cities keep their standards (立案标准工作簿): sheets 部件 and 事件, one row per filing condition.

Blank cells inherit from above, as merged cells do. A category named in the workbook gets exactly the standards written there:
one whose filing condition stays keeps its code, so that old cases keep their standard; what is gone is retired.
"""

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.db import transaction

from xiucheng.audit.actions import record_change
from xiucheng.city.models import Category, Standard
from xiucheng.city.pack.book import Fault
from xiucheng.city.pinyin import sort_key
from xiucheng.city.registers import touch
from xiucheng.rules.limits import HOUR, NATURAL_DAY, WORKDAY, Limit, parse_limit
from xiucheng.rules.refusals import Refused

SHEETS: Final = {"部件": "C", "事件": "E"}
COLUMNS: Final = {
    "major_code": ("大类代码", "大类编码"), "major_name": ("大类名称", "大类"), "minor_code": ("小类代码", "小类编码"),
    "minor_name": ("小类名称", "小类"), "filing_condition": ("立案条件",), "handling_limit_text": ("处置时限", "时限"),
    "handling_limit_hours": ("处置时限小时", "小时"), "closing_condition": ("结案条件", "结案标准"),
}  # fmt: skip
MAY: Final = frozenset({"handling_limit_hours", "major_name", "kind", "source"})
IGNORED: Final = ("kind", "source", "来源", "备注", "序号")
LARGEST: Final = 20_000_000
UNPACKED: Final = 200_000_000
MOST_STANDARDS: Final = 99


@dataclass(frozen=True, slots=True)
class Line:
    """One filing condition as the workbook has it."""

    where: str
    row: int
    category: str
    name: str
    major_name: str
    filing: str
    limit: Limit
    closing: str


@dataclass
class Reading:
    """What a workbook says and what is wrong with it."""

    file: str
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """How many standards are new, changed, retired or as they were, and how many categories are new."""

    added: int
    changed: int
    retired: int
    same: int
    categories: int
    dry_run: bool


# -- reading -----------------------------------------------------------------------------------------------------------


def read(path: Path) -> Reading:
    """Read and check a workbook without touching the database."""
    reading = Reading(path.name)
    book = _open(path, reading)
    if book is None:
        return reading
    present = [name for name in SHEETS if name in book.sheetnames]
    if not present:
        reading.faults.append(Fault(path.name, 0, "没有“部件”或“事件”工作表"))
    for name in present:
        _sheet(reading, name, book[name].iter_rows(values_only=True))
    book.close()
    _twins(reading)
    return reading


def _open(path: Path, reading: Reading) -> Any:
    import openpyxl

    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("文件超过 20 MB")
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED:
                raise ValueError("文件解压后过大")
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except ValueError as wrong:
        reading.faults.append(Fault(path.name, 0, str(wrong) if "文件" in str(wrong) else "不是 XLSX 工作簿"))
    except Exception:  # openpyxl raises whatever its parsers raise on a broken file
        reading.faults.append(Fault(path.name, 0, "不是 XLSX 工作簿，或文件已损坏"))
    return None


def _sheet(reading: Reading, sheet: str, rows: Iterator[tuple[Any, ...]]) -> None:
    header = [_text(cell) for cell in next(rows, ())]
    places = _places(reading, sheet, header)
    above: dict[str, str] = {}
    for number, cells in enumerate(rows, 2):
        given = {key: _text(cells[i]) if i < len(cells) else "" for key, i in places.items()}
        if not any(given.values()):
            continue
        above = _inherit(given, above)
        _line(reading, sheet, number, above)


def _places(reading: Reading, sheet: str, header: list[str]) -> dict[str, int]:
    where = f"{reading.file}〔{sheet}〕"
    found: dict[str, int] = {}
    known = {word: key for key, words in COLUMNS.items() for word in (key, *words)}
    for i, word in enumerate(header):
        if word in known:
            found.setdefault(known[word], i)
        elif word and word not in IGNORED:
            reading.faults.append(Fault(where, 1, f"不认识的列“{word}”"))
    for key, words in COLUMNS.items():
        if key not in found and key not in MAY:
            reading.faults.append(Fault(where, 1, f"缺少列“{words[0]}”"))
    return found if all(key in found or key in MAY for key in COLUMNS) else {}


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _inherit(given: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """Blank cells take what stands above; a new major or minor category inherits nothing of the old one's rows."""
    merged = dict(given)
    if not given.get("major_code"):
        merged["major_code"], merged["major_name"] = above.get("major_code", ""), above.get("major_name", "")
    elif not given.get("major_name") and given["major_code"] == above.get("major_code"):
        merged["major_name"] = above.get("major_name", "")
    fresh = bool(given.get("minor_code")) and given["minor_code"] != above.get("minor_code")
    if fresh or given.get("major_code", above.get("major_code")) not in ("", above.get("major_code")):
        return merged
    for key in ("minor_code", "minor_name", "handling_limit_text", "closing_condition"):
        merged[key] = given.get(key) or above.get(key, "")
    if not given.get("handling_limit_text"):
        merged["handling_limit_hours"] = given.get("handling_limit_hours") or above.get("handling_limit_hours", "")
    return merged


def _line(reading: Reading, sheet: str, row: int, cells: dict[str, str]) -> None:
    where = f"{reading.file}〔{sheet}〕"
    before = len(reading.faults)

    def wrong(why: str) -> None:
        reading.faults.append(Fault(where, row, why))

    for key, most in (("filing_condition", 500), ("closing_condition", 500), ("minor_name", 40)):
        if not cells.get(key):
            wrong(f"“{COLUMNS[key][0]}”不能空着")
        elif len(cells[key]) > most:
            wrong(f"“{COLUMNS[key][0]}”太长，最多 {most} 个字")
    codes = [cells.get(key, "").zfill(2) for key in ("major_code", "minor_code")]
    for code, key in zip(codes, ("major_code", "minor_code"), strict=True):
        if len(code) != 2 or not code.isdigit() or code == "00":
            wrong(f"“{COLUMNS[key][0]}”应是两位数字，现在是“{cells.get(key, '')}”")
    try:
        limit = parse_limit(cells.get("handling_limit_text") or "空")
    except Refused as refused:
        return wrong(refused.zh)
    _check_hours(cells.get("handling_limit_hours", ""), limit, wrong)
    if len(reading.faults) == before:
        reading.lines.append(Line(where, row, SHEETS[sheet] + codes[0] + codes[1], cells["minor_name"],
                                  cells.get("major_name", ""), cells["filing_condition"], limit,
                                  cells["closing_condition"]))  # fmt: skip
    return None


def hours(limit: Limit) -> float:
    """The hours of a limit on its own clock, as the workbook's column counts them."""
    return limit.seconds / HOUR


def _check_hours(text: str, limit: Limit, wrong: Callable[[str], None]) -> None:
    if not text:
        return
    try:
        given = float(text)
    except ValueError:
        return wrong(f"“{COLUMNS['handling_limit_hours'][0]}”应是数字，现在是“{text}”")
    if given != hours(limit):
        day = NATURAL_DAY if limit.clock == "natural" else WORKDAY
        wrong(f"时限“{limit.text}”是 {hours(limit):g} 小时（一天 {day // HOUR} 小时），表里写的是 {given:g}")
    return None


def _twins(reading: Reading) -> None:
    seen: dict[tuple[str, str], int] = {}
    names: dict[str, str] = {}
    for line in reading.lines:
        first = seen.setdefault((line.category, line.filing), line.row)
        if first != line.row:
            reading.faults.append(Fault(line.where, line.row, f"与第 {first} 行是同一小类的同一立案条件"))
        if names.setdefault(line.category, line.name) != line.name:
            reading.faults.append(
                Fault(line.where, line.row, f"小类 {line.category} 有两个名称：{names[line.category]}、{line.name}")
            )
    reading.faults.sort()


# -- writing to the database -------------------------------------------------------------------------------------------


def load(path: Path, *, account_id: int | None = None, dry_run: bool = False) -> Imported:
    """Bring a workbook in, all or nothing. Raises `Refused("workbook_faults")` whose fact `faults` lists them all."""
    reading = read(path)
    if reading.faults:
        raise Refused("workbook_faults", count=len(reading.faults), faults=tuple(reading.faults))
    with transaction.atomic():
        new = _categories(reading.lines)
        groups: dict[str, list[Line]] = defaultdict(list)
        for line in reading.lines:
            groups[line.category].append(line)
        counts = [_category(code, lines) for code, lines in sorted(groups.items())]
        added, changed, retired, same = (sum(part) for part in zip(*counts, strict=True)) if counts else (0, 0, 0, 0)
        done = Imported(added, changed, retired, same, new, dry_run)
        if dry_run:
            transaction.set_rollback(True)
        else:
            after = {"added": added, "changed": changed, "retired": retired}
            record_change(account_id=account_id, table="city_standard", key=path.name[:40], act="import", before={},
                          after=after)  # fmt: skip
    if not dry_run:
        touch()
    return done


def _categories(lines: list[Line]) -> int:
    kinds = {"C": ("component", "部件"), "E": ("event", "事件")}
    known = dict(Category.objects.values_list("code", "name"))
    new: dict[str, Category] = {}

    def need(code: str, name: str, parent: str | None) -> None:
        if code not in known and code not in new:
            level = {1: 0, 3: 1}.get(len(code), 2)
            new[code] = Category(code=code, kind=kinds[code[0]][0], level=level, name=name, pinyin=sort_key(name),
                                 parent_id=parent)  # fmt: skip

    for line in lines:
        need(line.category[0], kinds[line.category[0]][1], None)
        need(line.category[:3], line.major_name or line.category[:3], line.category[0])
        need(line.category, line.name, line.category[:3])
        if known.get(line.category, line.name) != line.name:
            Category.objects.filter(code=line.category).update(name=line.name, pinyin=sort_key(line.name))
    Category.objects.bulk_create(new.values())
    Category.objects.filter(code__in={line.category for line in lines}, active=False).update(active=True)
    return len(new)


def _category(code: str, lines: list[Line]) -> tuple[int, int, int, int]:
    """Make one category's standards those of the workbook; gives added, changed, retired, same."""
    standing = list(Standard.objects.filter(category_id=code).order_by("-active", "code"))
    by_condition: dict[str, Standard] = {}
    for standard in standing:
        by_condition.setdefault(standard.filing_condition, standard)
    last = max((int(s.code.rpartition("-")[2]) for s in standing if s.code.rpartition("-")[2].isdigit()), default=0)
    added = changed = same = 0
    for line in lines:
        values = {"limit_text": line.limit.text, "clock": line.limit.clock, "limit_seconds": line.limit.seconds,
                  "season": line.limit.season, "first_step": line.limit.first_step,
                  "closing_condition": line.closing, "active": True}  # fmt: skip
        found = by_condition.pop(line.filing, None)
        if found is None:
            last += 1
            if last > MOST_STANDARDS:
                fault = Fault(line.where, line.row, f"小类 {code} 的立案条件超过 {MOST_STANDARDS} 条")
                raise Refused("workbook_faults", count=1, faults=(fault,))
            Standard.objects.create(category_id=code, code=f"{code}-{last}", filing_condition=line.filing, **values)
            added += 1
        elif any(getattr(found, key) != value for key, value in values.items()):
            Standard.objects.filter(pk=found.pk).update(**values)
            changed += 1
        else:
            same += 1
    gone = Standard.objects.filter(pk__in=[s.pk for s in by_condition.values()], active=True)
    return added, changed, gone.update(active=False), same


# -- export ------------------------------------------------------------------------------------------------------------


def save(path: Path | BinaryIO) -> int:
    """Write the standards in force into the same workbook; gives the number of rows. Every cell is text, never a formula."""
    import xlsxwriter

    rows = Standard.objects.filter(active=True, category__active=True).select_related("category__parent")
    count = 0
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E9E4F0", "border": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, letter in SHEETS.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for i, (words, width) in enumerate(zip(COLUMNS.values(), (9, 14, 9, 20, 50, 16, 12, 40), strict=True)):
                sheet.write_string(0, i, words[0], head)
                sheet.set_column(i, i, width, wrap)
            chosen = rows.filter(category__code__startswith=letter).order_by("category_id", "code")
            for line, standard in enumerate(sorted(chosen, key=_order), 1):
                count += 1
                _write(sheet, line, standard)
    return count


def _order(standard: Standard) -> tuple[str, int]:
    number = standard.code.rpartition("-")[2]
    return standard.category_id, int(number) if number.isdigit() else 0


def _write(sheet: Any, line: int, standard: Standard) -> None:
    category = standard.category
    major = category.parent.name if category.parent else ""
    cells = (category.code[1:3], major, category.code[3:5], category.name, standard.filing_condition,
             standard.limit_text, f"{standard.limit_seconds / HOUR:g}", standard.closing_condition)  # fmt: skip
    for i, cell in enumerate(cells):
        sheet.write_string(line, i, cell)
