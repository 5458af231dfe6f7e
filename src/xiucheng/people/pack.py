"""People of the district pack (配置包里的人员): accounts without passwords, their posts, and who walks which duty grid.

An account that is there already keeps its password, phone and e-mail; posts are added, never taken away by a pack. A post
or a grid that was taken away since stays away, and who has left gets none.
"""

import re
from typing import Final

from xiucheng.city.pack import Book, Table
from xiucheng.city.pack.load import UNIT, Part
from xiucheng.city.pack.rows import Row
from xiucheng.city.pinyin import sort_key

POSTS: Final = ("operator", "shift_leader", "dispatcher", "officer", "unit", "handler", "chief", "leader", "assessor",
                "system_admin", "security_admin", "audit_admin")  # fmt: skip
STAYS: Final = "i.account_id IN (SELECT id FROM people_account WHERE left_at IS NULL)"
SEEN: Final = "i.account_id IN (SELECT id FROM people_account WHERE date_joined < now())"
"""Accounts that this load has not made: the pack's posts of theirs have been there."""

APART: Final = frozenset({"system_admin", "security_admin", "audit_admin"})
OF_UNIT: Final = frozenset({"unit", "handler"})
ACCOUNT: Final = ("people_account", "username")
NEW_ACCOUNT: Final = {
    "password": "'!'", "is_superuser": "false", "is_active": "true", "training": "false", "date_joined": "now()",
}  # fmt: skip


def read(book: Book) -> None:
    """Duty grids and people."""
    _grids(book)
    for row in book.csv("people.csv", "username name unit posts", "duty_grids phone email"):
        _person(book, row)


def _grids(book: Book) -> None:
    for row in book.csv("duty_grids.csv", "code name street"):
        code, street = book.text(row, "code", 20), book.refer("area", row, "street")
        if book.new("duty_grid", row, "code", code) and street:
            book.add("people_dutygrid", code, book.text(row, "name", 60), street)
    for cell, grid in book.known.get("cell", {}).items():
        if not grid:
            continue
        if grid in book.known.get("duty_grid", {}):
            book.add("people_dutygrid_cells", grid, cell)
        else:
            book.fault(Row("cells.geojson", 0, {}), f"网格 {cell} 的责任网格 {grid} 不存在")


def _person(book: Book, row: Row) -> None:
    username, name = book.text(row, "username", 150), book.text(row, "name", 40)
    unit = book.refer("unit", row, "unit", empty=True)
    if not re.fullmatch(r"[\w.@+-]+", username):
        book.fault(row, f"“username”{username} 只能用字母、数字和 . _ - @ +")
    if not book.new("account", row, "username", username):
        return
    posts = [_post(book, row, text, unit) for text in str(row.values["posts"]).split()]
    held = {p for p, _ in posts}
    if len(set(posts)) != len(posts):
        book.fault(row, "同一岗位写了两次")
    if held & APART and len(posts) > 1:
        book.fault(row, "系统、安全、审计管理员不能兼任别的岗位")
    book.add("people_account", username, name, sort_key(name, 120), unit, book.text(row, "email", 254, empty=True),
             book.text(row, "phone", 40, empty=True) or None, bool(held & APART), bool(book.facts.get("invented")))  # fmt: skip
    for post, area in posts:
        book.add("people_posting", username, post, area)
    for grid in dict.fromkeys(str(row.values.get("duty_grids") or "").split()):
        if grid not in book.known.get("duty_grid", {}):
            book.fault(row, f"责任网格 {grid} 不存在")
        else:
            book.add("people_dutygrid_officers", grid, username)


def _post(book: Book, row: Row, text: str, unit: str | None) -> tuple[str, str | None]:
    post, _, area = text.partition("@")
    if post not in POSTS:
        book.fault(row, f"岗位“{post}”不认识")
    if post in OF_UNIT and unit is None:
        book.fault(row, f"岗位“{post}”要写单位")
    if area and area not in book.known.get("area", {}):
        book.fault(row, f"岗位区域 {area} 不存在")
    return post, area or None


PART: Final = Part(
    read,
    (
        ("账号", Table("people_account", ("username", "name", "pinyin", "unit_id", "email", "phone_sealed", "is_staff",
                                        "demo"), ("username",), once=("email", "phone_sealed", "is_staff", "demo"),
                     refs={"unit_id": UNIT}, sealed=("phone_sealed",), defaults=NEW_ACCOUNT, root=True)),
        ("岗位", Table("people_posting", ("account_id", "post", "area_id"), ("account_id", "post", "area_id"),
                     refs={"account_id": ACCOUNT}, may=STAYS, known=SEEN)),
        ("责任网格", Table("people_dutygrid", ("code", "name", "street_id"), ("code",), root=True)),
        ("责任网格的单元", Table("people_dutygrid_cells", ("dutygrid_id", "cell_id"), ("dutygrid_id", "cell_id"), "delete")),
        ("责任网格的巡查员", Table("people_dutygrid_officers", ("dutygrid_id", "account_id"), ("dutygrid_id", "account_id"),
                           refs={"account_id": ACCOUNT}, may=STAYS, known=SEEN)),
    ),
)  # fmt: skip
