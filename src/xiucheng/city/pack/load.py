"""Load a district pack (载入城区配置包): every fault is listed, and either the whole pack goes in or nothing does.

What the pack no longer has is retired, never deleted, where a case may point at it. What people decided since the last
load stays as it is; `Loaded.left` names those lines. A room below adds its own files by
naming a `Part` as `pack_part` in its entry for Django.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from django.apps import apps
from django.db import IntegrityError
from django.utils.module_loading import import_string

from xiucheng.city.pack import places, trade, words
from xiucheng.city.pack.book import Book, Fault
from xiucheng.city.pack.rows import UnreadableError, yaml_rows
from xiucheng.city.pack.store import Left, Table, follow
from xiucheng.rules.datum import DATUMS
from xiucheng.rules.refusals import Refused

Progress = Callable[[int, int, str], None]

FACTS: Final = ("name", "title", "version", "district", "centre", "bounds", "datum", "invented")
UNIT: Final = ("city_unit", "code")
TABLES: Final[tuple[tuple[str, Table], ...]] = (
    ("区域", Table("city_area", ("code", "level", "name", "pinyin", "parent_id", "polygon"), ("code",), json=("polygon",),
                   root=True)),
    ("网格", Table("city_cell", ("code", "community_id", "polygon"), ("code",), json=("polygon",), root=True)),
    ("类别", Table("city_category", ("code", "kind", "level", "name", "plain", "pinyin", "parent_id", "keywords", "icon",
                                   "menu"), ("code",), "retire", json=("keywords",), root=True)),
    ("立案标准", Table("city_standard", ("code", "category_id", "filing_condition", "limit_text", "clock", "limit_seconds",
                                     "season", "first_step", "closing_condition"), ("code",), "retire")),
    ("例句", Table("city_example", ("category_id", "words"), ("category_id", "words"), "delete")),
    ("单位", Table("city_unit", ("code", "name", "short", "pinyin", "kind", "area_id", "internal", "phone", "email",
                               "ladder"), ("code",), "retire", json=("ladder",), root=True)),
    ("单位上级", Table("city_unit", ("code", "parent_id"), ("code",), refs={"parent_id": UNIT}, add=False, rows="unit_parent")),
    ("联系人", Table("city_contact", ("unit_id", "name", "role", "phone", "email", "duty_number"),
                  ("unit_id", "name", "role"), "delete", refs={"unit_id": UNIT})),
    ("权责", Table("city_duty", ("unit_id", "category_id", "area_id", "weight"), ("unit_id", "category_id", "area_id"),
                 "delete", refs={"unit_id": UNIT})),
    ("部件", Table("city_component", ("code", "category_id", "owner_id", "place", "lng", "lat", "cell_id"), ("code",),
                 "retire", refs={"owner_id": UNIT})),
    ("地名", Table("city_landmark", ("name", "kind", "aliases", "pinyin", "lng", "lat", "line", "area_id", "house_from",
                                   "house_to"), ("name", "area_id"), "delete", json=("aliases", "line"))),
    ("参数", Table("city_setting", ("key", "value", "note"), ("key",), once=("value", "note"), json=("value",))),
    ("文字", Table("city_text", ("key", "language", "body"), ("key", "language"))),
    ("答复模板", Table("city_replytemplate", ("code", "purpose", "title", "body"), ("code",))),
    ("知识库", Table("city_knowledge", ("code", "question", "answer", "keywords", "public"), ("code",), json=("keywords",))),
    ("词表", Table("city_word", ("purpose", "word", "weight", "whose", "reach"), ("purpose", "word"), "delete")),
)  # fmt: skip
"""A setting keeps the value that an administrator gave it."""


@dataclass(frozen=True)
class Part:
    """Files of the pack that another room reads and keeps."""

    read: Callable[[Book], None]
    tables: Sequence[tuple[str, Table]]


def further() -> list[Part]:
    """The parts that other rooms bring."""
    named = (getattr(entry, "pack_part", None) for entry in apps.get_app_configs())
    return [import_string(name) for name in named if name]


@dataclass(frozen=True)
class Loaded:
    """What came in: rows per register, rows added, changed or retired, how long it took, and the lines left alone."""

    name: str
    version: str
    counts: dict[str, int]
    changed: dict[str, int]
    seconds: float
    left: tuple[Left, ...] = ()


def check(folder: Path) -> Book:
    """Read and check a pack without touching the database; `faults` of the book tells what is wrong."""
    book = Book(folder)
    if not folder.is_dir():
        book.faults.append(Fault(str(folder), 0, "没有这个文件夹"))
        return book
    _facts(book)
    for read in (places.read, trade.read, words.read, *(part.read for part in further())):
        read(book)
    book.faults.sort()
    return book


def load(folder: Path, progress: Progress | None = None) -> Loaded:
    """Load a pack, all or nothing. Raises `Refused("pack_faults")` whose fact `faults` lists them all."""
    started = time.perf_counter()
    tables = [*TABLES, *(row for part in further() for row in part.tables)]
    told = progress or (lambda done, total, what: None)
    told(0, len(tables), "核对配置包")
    book = check(folder)
    if book.faults:
        raise Refused("pack_faults", folder=str(folder), count=len(book.faults), faults=tuple(book.faults))
    try:
        changed, left = _store(book, tables, told)
    except (IntegrityError, psycopg.IntegrityError) as clash:
        fault = Fault(folder.name, 0, f"与库里已有的数据冲突：{str(clash).splitlines()[0]}")
        raise Refused("pack_faults", folder=str(folder), count=1, faults=(fault,)) from clash
    counts = {what: len(book.rows.get(t.scope, ())) for what, t in tables if not t.rows}
    return Loaded(book.facts["name"], book.facts["version"], counts, changed, time.perf_counter() - started, left)


def _facts(book: Book) -> None:
    path = book.folder / "pack.yaml"
    if not path.exists():
        book.faults.append(Fault("pack.yaml", 0, "缺少这个文件"))
        return
    try:
        rows = yaml_rows(path)
    except UnreadableError as wrong:
        book.faults.append(Fault("pack.yaml", wrong.line, wrong.why))
        return
    book.facts = {str(r.values.get("key")): r.values.get("value") for r in rows}
    for row in rows:
        if row.values.get("key") not in FACTS:
            book.fault(row, f"不认识的项“{row.values.get('key')}”")
    if book.datum not in DATUMS:
        book.faults.append(Fault("pack.yaml", 0, f"“datum”应是 {'、'.join(DATUMS)} 之一"))
        book.facts["datum"] = "wgs84"
    for key in ("name", "title", "version", "district"):
        if not isinstance(book.facts.get(key), str):
            book.faults.append(Fault("pack.yaml", 0, f"缺少“{key}”（要写成文字）"))


def _store(book: Book, tables: Sequence[tuple[str, Table]], told: Progress) -> tuple[dict[str, int], tuple[Left, ...]]:
    from django.db import connection, transaction

    from xiucheng.city import clock, registers
    from xiucheng.city.models import Pack

    changed: dict[str, int] = {}
    left: list[Left] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('city_pack'))")  # two loads at once take turns
        raw: Any = cursor.cursor
        again = Pack.objects.exists()
        for done, (what, table) in enumerate(tables, 1):
            changed[what], alone = follow(raw, table, book.rows.get(table.scope, ()), what, again=again)
            left += alone
            told(done, len(tables), what)
        counts = {what: len(book.rows.get(t.scope, ())) for what, t in tables if not t.rows}
        facts = {
            "version": book.facts["version"],
            "folder": str(book.folder),
            "loaded_at": clock.now(),
            "counts": counts,
        }
        Pack.objects.update_or_create(name=book.facts["name"], defaults=facts)
        registers.touch()
    return changed, tuple(left)
