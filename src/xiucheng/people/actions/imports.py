"""Accounts, units and contacts from a sheet (导入): every fault with its row, and either all rows go in or none.

A unit that is there already is brought up to date by its code; an account that is there already is a fault.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from xiucheng.audit import vault
from xiucheng.audit.actions import record_change
from xiucheng.audit.languages import in_chinese
from xiucheng.city.circles import circles
from xiucheng.city.models import Area, Contact, Unit
from xiucheng.city.pinyin import sort_key
from xiucheng.city.registers import touch
from xiucheng.people.actions.accounts import check_contact, check_posts, first_password
from xiucheng.people.actions.sheets import Fault, Line, read
from xiucheng.people.models import ADMINISTRATORS, Account, Posting
from xiucheng.rules.refusals import Refused

Headings = Mapping[str, tuple[str, ...]]

ACCOUNTS: Final[Headings] = {
    "username": ("用户名", "账号"), "name": ("姓名",), "unit": ("单位", "单位代码"), "posts": ("岗位",), "area": ("区域", "区域代码"),
    "phone": ("电话", "手机"), "email": ("邮箱",),
}  # fmt: skip
UNITS: Final[Headings] = {
    "code": ("代码", "单位代码"), "name": ("名称", "单位名称"), "short": ("简称",), "kind": ("类型",), "parent": ("上级", "上级单位"),
    "area": ("辖区",), "phone": ("值班电话", "电话"), "email": ("邮箱",), "internal": ("在系统内有席位", "系统内"),
}  # fmt: skip
CONTACTS: Final[Headings] = {
    "unit": ("单位", "单位代码"), "name": ("姓名",), "role": ("职务",), "phone": ("电话", "手机"), "email": ("邮箱",),
    "duty_number": ("值班号码",),
}  # fmt: skip
_YES: Final = frozenset({"是", "1", "y", "yes", "true", "√"})
_USERNAME: Final = re.compile(r"[\w.@+-]{2,60}")


@dataclass(frozen=True, slots=True)
class Done:
    """What came in; `passwords` are shown once: name, username, first password."""

    added: int
    changed: int = 0
    passwords: tuple[tuple[str, str, str], ...] = ()


class _Check:
    """Gathers faults while rows are looked at."""

    def __init__(self, headings: Headings) -> None:
        self.headings = headings
        self.faults: list[Fault] = []
        self.units: dict[str, int] = {}
        for pk, *names in Unit.objects.values_list("id", "code", "name", "short"):
            self.units |= {name: pk for name in names if name}
        self.areas = {name: code for code, name in Area.objects.values_list("code", "name")}
        self.areas |= {code: code for code in self.areas.values()}

    def fault(self, line: Line, field: str, why: str) -> None:
        self.faults.append(Fault(line.number, self.headings[field][0], why))

    def text(self, line: Line, field: str, most: int, *, empty: bool = False) -> str:
        value = line.values[field]
        if not value and not empty:
            self.fault(line, field, "不能为空")
        if len(value) > most:
            self.fault(line, field, f"最多 {most} 个字")
        return value

    def one_of(self, line: Line, field: str, known: Mapping[str, Any], *, empty: bool = True) -> Any:
        value = line.values[field]
        if value and value not in known:
            self.fault(line, field, f"没有“{value}”")
        elif not value and not empty:
            self.fault(line, field, "不能为空")
        return known.get(value)

    def contact(self, line: Line) -> None:
        for field, given in (("phone", (line.values["phone"], "")), ("email", ("", line.values["email"]))):
            try:
                check_contact(*given)
            except Refused as refusal:
                self.fault(line, field, refusal.zh)

    def twice(self, line: Line, field: str, seen: dict[str, int]) -> None:
        value = line.values[field].casefold()
        if value in seen:
            self.fault(line, field, f"与第 {seen[value]} 行重复")
        seen.setdefault(value, line.number)

    def end(self) -> None:
        if self.faults:
            raise Refused("sheet_faults", count=len(self.faults), faults=tuple(self.faults))


@transaction.atomic
def import_accounts(content: bytes, *, by: int) -> Done:
    """People come from a sheet, each with a first password. Administrators are appointed by hand, not by a sheet."""
    check = _Check(ACCOUNTS)
    lines = read(content, ACCOUNTS, ("username", "name", "posts"))
    there = {name.casefold() for name in Account.objects.values_list("username", flat=True)}
    seen: dict[str, int] = {}
    posts = [_posts(check, line) for line in lines]
    for line in lines:
        username = check.text(line, "username", 60)
        check.text(line, "name", 40)
        if username and not _USERNAME.fullmatch(username):
            check.fault(line, "username", "2 到 60 个字母、数字或 . _ - @ +")
        if username.casefold() in there:
            check.fault(line, "username", "这个用户名已经有了")
        check.twice(line, "username", seen)
        check.contact(line)
        check.one_of(line, "unit", check.units)
        check.one_of(line, "area", check.areas)
    check.end()
    return _store_accounts(check, lines, posts, by)


def _posts(check: _Check, line: Line) -> list[str]:
    words = {word: key for key, word in in_chinese(Posting.Post.choices).items()} | {
        key: key for key in Posting.Post.values
    }
    found = [part for part in re.split(r"[、,，;；\s]+", line.values["posts"]) if part]
    if not found:
        check.fault(line, "posts", "不能为空")
    unknown = [part for part in found if part not in words]
    if unknown:
        check.fault(line, "posts", f"没有岗位“{'、'.join(unknown)}”")
        return []
    posts = sorted({words[part] for part in found})
    if set(posts) & set(ADMINISTRATORS):
        check.fault(line, "posts", "管理员由安全管理员单独指定，不能批量导入")
    check_posts({post for post in posts if post not in ADMINISTRATORS})
    if set(posts) & {"unit", "handler"} and not line.values["unit"]:
        check.fault(line, "unit", "单位经办人和处置人员要写单位")
    return posts


def _store_accounts(check: _Check, lines: list[Line], posts: list[list[str]], by: int) -> Done:
    passwords = [first_password() for _ in lines]
    rows = [
        Account(
            username=line.values["username"], name=line.values["name"], pinyin=sort_key(line.values["name"], 120),
            unit_id=check.units.get(line.values["unit"]), email=line.values["email"], must_change=True,
            phone_sealed=vault.seal(line.values["phone"]) if line.values["phone"] else None,
            password=make_password(password),
        )
        for line, password in zip(lines, passwords, strict=True)
    ]  # fmt: skip
    made = Account.objects.bulk_create(rows)
    Posting.objects.bulk_create(
        Posting(account=account, post=post, area_id=check.areas.get(line.values["area"]))
        for account, line, held in zip(made, lines, posts, strict=True)
        for post in held
    )
    _record("people_account", by, [account.username for account in made])
    shown = tuple((a.name, a.username, password) for a, password in zip(made, passwords, strict=True))
    return Done(len(made), passwords=shown)


@transaction.atomic
def import_units(content: bytes, *, by: int) -> Done:
    """Units from a sheet; a parent may stand in the same sheet."""
    check = _Check(UNITS)
    lines = read(content, UNITS, ("code", "name", "kind"))
    kinds = {word: key for key, word in in_chinese(Unit.Kind.choices).items()} | {key: key for key in Unit.Kind.values}
    coming = check.units | {line.values["code"]: 0 for line in lines} | {line.values["name"]: 0 for line in lines}
    seen: dict[str, int] = {}
    for line in lines:
        check.text(line, "code", 20)
        check.text(line, "name", 80)
        check.text(line, "short", 20, empty=True)
        check.twice(line, "code", seen)
        check.one_of(line, "kind", kinds, empty=False)
        check.one_of(line, "area", check.areas)
        check.one_of(line, "parent", coming)
        check.contact(line)
    _no_circles(check, lines)
    check.end()
    there = set(Unit.objects.values_list("code", flat=True))
    for line in lines:
        Unit.objects.update_or_create(code=line.values["code"], defaults=_unit(check, line, kinds))
    by_name = {
        name: pk for pk, *names in Unit.objects.values_list("id", "code", "name", "short") for name in names if name
    }
    for line in lines:
        Unit.objects.filter(code=line.values["code"]).update(parent_id=by_name.get(line.values["parent"]))
    changed = sum(1 for line in lines if line.values["code"] in there)
    _record("city_unit", by, [line.values["code"] for line in lines])
    touch()
    return Done(len(lines) - changed, changed)


def _no_circles(check: _Check, lines: list[Line]) -> None:
    """Nobody stands above himself, be it by way of others in the sheet or of units that are there."""
    there = list(Unit.objects.values_list("code", "name", "short", "parent__code"))
    codes = {word: code for code, name, short, _ in there for word in (code, name, short) if word}
    for key in ("short", "name", "code"):  # a code says more than a name, a row of the sheet more than what is there
        codes |= {line.values[key]: line.values["code"] for line in lines if line.values[key]}
    above: dict[str, str | None] = {code: parent for code, _, _, parent in there}
    above |= {line.values["code"]: codes.get(line.values["parent"]) for line in lines}
    rows = {line.values["code"]: line for line in lines}
    for circle in circles(above):
        named = [rows[code] for code in circle if code in rows]
        for line in named:
            others = "、".join(str(other.number) for other in named if other is not line)
            way = " → ".join([*circle, circle[0]])
            why = f"上级绕成了圈（{way}）" + (f"，同第 {others} 行" if others else "")
            check.fault(line, "parent", "上级不能是自己" if len(circle) == 1 else why)


def _unit(check: _Check, line: Line, kinds: Mapping[str, str]) -> dict[str, Any]:
    given = line.values
    return {
        "name": given["name"], "short": given["short"] or given["name"][:20], "pinyin": sort_key(given["name"], 300),
        "kind": kinds[given["kind"]], "area_id": check.areas.get(given["area"]), "phone": given["phone"],
        "email": given["email"], "internal": not given["internal"] or given["internal"].casefold() in _YES, "active": True,
    }  # fmt: skip


@transaction.atomic
def import_contacts(content: bytes, *, by: int) -> Done:
    """Contacts of units; who is there already is brought up to date: by name and role."""
    check = _Check(CONTACTS)
    lines = read(content, CONTACTS, ("unit", "name"))
    for line in lines:
        check.text(line, "name", 40)
        check.text(line, "role", 40, empty=True)
        check.one_of(line, "unit", check.units, empty=False)
        check.contact(line)
    check.end()
    added = 0
    for line in lines:
        given = line.values
        facts: dict[str, Any] = {k: given[k] for k in ("role", "phone", "email")}
        facts["duty_number"] = given["duty_number"].casefold() in _YES
        known = _contact(check.units[given["unit"]], given["name"], given["role"])
        if known is None:
            Contact.objects.create(unit_id=check.units[given["unit"]], name=given["name"], **facts)
            added += 1
        else:
            Contact.objects.filter(id=known).update(**facts)
    _record("city_contact", by, [line.values["name"] for line in lines])
    touch()
    return Done(added, len(lines) - added)


def _contact(unit: int, name: str, role: str) -> int | None:
    """The contact that a row means: the one of this name and role, or the only one of this name where a role is missing."""
    found = dict(Contact.objects.filter(unit_id=unit, name=name).order_by("-id").values_list("role", "id"))
    if len(found) == 1 and (not role or "" in found):
        return next(iter(found.values()))
    return found.get(role)


def _record(table: str, by: int, keys: list[str]) -> None:
    record_change(
        account_id=by, table=table, key="", act="import", before={}, after={"count": len(keys), "keys": keys[:500]}
    )


IMPORTS: Final[Mapping[str, tuple[Headings, Callable[..., Done]]]] = {
    "accounts": (ACCOUNTS, import_accounts),
    "units": (UNITS, import_units),
    "contacts": (CONTACTS, import_contacts),
}
