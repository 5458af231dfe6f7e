"""Categories, standards, units, duties, components (类别、标准、单位、权责、部件): what is fixed, by whom, within what limit."""

import re
from typing import Final

from xiucheng.city.circles import circles
from xiucheng.city.pack.book import Book, Fault
from xiucheng.city.pack.rows import Row
from xiucheng.city.pinyin import sort_key
from xiucheng.rules.datum import to_wgs84
from xiucheng.rules.limits import parse_limit
from xiucheng.rules.refusals import Refused

KINDS: Final = {"C": ("component", "部件"), "E": ("event", "事件")}
UNIT_KINDS: Final = ("department", "street", "zone", "body", "social", "squad")
CODE: Final = re.compile(r"[CE]\d\d(\d\d)?")
MINOR: Final = 5
COMPONENT: Final = re.compile(r"\d{16}")


def read(book: Book) -> None:
    """Everything of the trade."""
    _categories(book)
    _standards(book)
    _examples(book)
    _units(book)
    _contacts(book)
    _duties(book)
    _components(book)


def _categories(book: Book) -> None:
    for code, (kind, name) in KINDS.items():
        book.known.setdefault("category", {})[code] = True
        book.add("city_category", code, kind, 0, name, "", sort_key(name), None, [], "", None)
    for row in book.csv("categories.csv", "code name", "english plain icon menu keywords"):
        code, name = book.text(row, "code", MINOR), book.text(row, "name", 40)
        if not CODE.fullmatch(code):
            book.fault(row, f"“code”{code} 应是 C 或 E 加 2 位大类（加 2 位小类）")
            continue
        parent = code[:-2]
        if parent not in book.known["category"]:
            book.fault(row, f"上级类别 {parent} 不存在（大类要写在小类前面）")
        if not book.new("category", row, "code", code):
            continue
        if len(code) == MINOR:
            book.known.setdefault("minor", {})[code] = row
        menu = book.whole(row, "menu", 0, 999, 0) or None
        english = book.text(row, "english", 60, empty=True)
        if english:
            book.add("city_text", f"category.{code}", "en", english)
        words = str(row.values.get("keywords") or "").split()
        book.add("city_category", code, KINDS[code[0]][0], 2 if len(code) == MINOR else 1, name,
                 book.text(row, "plain", 40, empty=True), sort_key(name), parent, words,
                 book.text(row, "icon", 40, empty=True), menu)  # fmt: skip


def _standards(book: Book) -> None:
    has: set[str] = set()
    for row in book.csv("standards.csv", "code category filing_condition limit closing_condition"):
        code, category = book.text(row, "code", 8), book.refer("minor", row, "category")
        filing, closing = book.text(row, "filing_condition", 500), book.text(row, "closing_condition", 500)
        try:
            limit = parse_limit(book.text(row, "limit", 40) or "空")
        except Refused as refused:
            book.fault(row, refused.zh)
            continue
        if book.new("standard", row, "code", code) and category:
            has.add(category)
            book.add("city_standard", code, category, filing, limit.text, limit.clock, limit.seconds, limit.season,
                     limit.first_step, closing)  # fmt: skip
    for code, row in book.known.get("minor", {}).items():
        if code not in has:
            book.fault(row, f"小类 {code} 没有立案标准")


def _examples(book: Book) -> None:
    for row in book.csv("examples.csv", "category words"):
        category, words = book.refer("minor", row, "category"), book.text(row, "words", 2000)
        if category and book.new("example", row, "words", f"{category} {words}"):
            book.add("city_example", category, words)


def _units(book: Book) -> None:
    parents: list[Row] = []
    for row in book.csv("units.csv", "code name short kind", "parent area internal phone email ladder"):
        code, name = book.text(row, "code", 20), book.text(row, "name", 80)
        kind = str(row.values["kind"])
        if kind not in UNIT_KINDS:
            book.fault(row, f"“kind”应是 {'、'.join(UNIT_KINDS)} 之一")
        area = book.refer("area", row, "area", empty=kind not in ("street", "zone"))
        if not book.new("unit", row, "code", code):
            continue
        parents.append(row)
        internal = book.yes(row, "internal", True)
        ladder = str(row.values.get("ladder") or "").split()
        book.add("city_unit", code, name, book.text(row, "short", 20), sort_key(name, 300), kind, area, internal,
                 book.text(row, "phone", 40, empty=True), _email(book, row), ladder)  # fmt: skip
    above = {str(row.values["code"]): book.refer("unit", row, "parent", empty=True) for row in parents}
    for code, parent in above.items():
        book.add("unit_parent", code, parent)
    rows = {str(row.values["code"]): row for row in parents}
    for circle in circles(above):
        for code in circle:
            book.fault(rows[code], f"上级绕成了圈：{' → '.join([*circle, circle[0]])}")


def _email(book: Book, row: Row) -> str:
    email = book.text(row, "email", 254, empty=True)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        book.fault(row, f"邮箱“{email}”不对")
    return email


def _contacts(book: Book) -> None:
    for row in book.csv("contacts.csv", "unit name", "role phone email duty_number"):
        unit, name = book.refer("unit", row, "unit"), book.text(row, "name", 40)
        role = book.text(row, "role", 40, empty=True)
        if unit and book.new("contact", row, "name", f"{unit} {name} {role}"):
            book.add("city_contact", unit, name, role, book.text(row, "phone", 40, empty=True), _email(book, row),
                     book.yes(row, "duty_number", False))  # fmt: skip


def _duties(book: Book) -> None:
    covered: set[str] = set()
    for row in book.csv("duties.csv", "category area unit weight"):
        category, unit = book.refer("category", row, "category"), book.refer("unit", row, "unit")
        area = book.refer("area", row, "area", empty=True)
        weight = book.whole(row, "weight", 1, 1000, 100)
        if not (category and unit):
            continue
        if not area and not row.values["area"]:
            covered.add(category)
        where = f"{category} 在 {area or '全区'}"
        first = book.known.setdefault("duty_rank", {}).setdefault(f"{where} 权重 {weight}", unit)
        if first != unit:
            book.fault(row, f"{where}：{unit} 与 {first} 权重相同，分不出先后")
        if book.new("duty", row, "权责", f"{where} {unit}"):
            book.add("city_duty", unit, category, area, weight)
    for code in book.known.get("minor", {}):
        if not covered & {code, code[:3], code[:1]}:
            book.faults.append(Fault("duties.csv", 0, f"小类 {code} 没有全区兜底的责任单位"))


def _components(book: Book) -> None:
    district = str(book.facts.get("district", ""))
    for row in book.csv("components.csv", "code category owner place lng lat", "cell"):
        code, category = book.text(row, "code", 16), book.refer("minor", row, "category")
        owner = book.refer("unit", row, "owner")
        cell = book.refer("cell", row, "cell", empty=True)
        place = book.text(row, "place", 120)
        lng, lat = to_wgs84(book.number(row, "lng", 72, 138), book.number(row, "lat", 0, 56), book.datum)
        if not COMPONENT.fullmatch(code):
            book.fault(row, f"“code”{code} 应是 16 位数字")
        elif category and not code.startswith(district + category[1:]):
            book.fault(row, f"“code”{code} 应以区划代码和类别代码 {district}{category[1:]} 开头")
        if category and owner and book.new("component", row, "code", code):
            book.add("city_component", code, category, owner, place, lng, lat, cell)
