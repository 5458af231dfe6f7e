"""What can be reported (服务项): the minor categories in use, and what is asked about each (属性).

Every category asks which of its filing conditions it is (`situation`), a component also for the code on the thing
(`component`). A city's own questions stand in the account as `[[open311.attributes]]`: `service` (a code or its beginning), `code`,
`datatype`, `required`, `description`, `values` (pairs). A code that nobody asked for is let pass and named in the notice.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.channels.open311 import codec, faults
from xiucheng.channels.open311.faults import Fault
from xiucheng.city import clock
from xiucheng.city.models import Category, Standard

MINOR: Final = 2
LISTS: Final = frozenset({"singlevaluelist", "multivaluelist"})
DATATYPES: Final = LISTS | {"string", "number", "datetime", "text"}
SITUATION, COMPONENT = "situation", "component"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question about a service; `variable` false is only something to read."""

    code: str
    datatype: str
    description: str
    hint: str = ""
    required: bool = False
    variable: bool = True
    values: tuple[tuple[str, str], ...] = ()

    def told(self, order: int) -> dict[str, Any]:
        """As an `attribute` of the specification."""
        return {
            "variable": self.variable,
            "code": self.code,
            "datatype": self.datatype,
            "required": self.required,
            "datatype_description": self.hint,
            "order": order,
            "description": self.description,
            "values": [{"key": key, "name": name} for key, name in self.values],
        }


def listed(account: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The list of services; three statements."""
    names = dict(Category.objects.values_list("code", "name"))
    asked = set(Standard.objects.filter(active=True).values_list("category_id", flat=True))
    rows = Category.objects.filter(active=True, level=MINOR).order_by("code")
    return [_told(row, names, account, has_standard=row.code in asked) for row in rows]


def _told(row: Category, names: Mapping[str, str], account: Mapping[str, Any], *, has_standard: bool) -> dict[str, Any]:
    words = [word for word in (row.plain, *map(str, row.keywords or ())) if word]
    metadata = has_standard or row.kind == Category.Kind.COMPONENT or bool(_own(row.code, account))
    return {
        "service_code": row.code,
        "service_name": row.name,
        "description": row.plain or row.name,
        "metadata": metadata,
        "type": kind(account),
        "keywords": ",".join(dict.fromkeys(word.replace(",", " ") for word in words)),
        "group": names.get(row.parent_id or "", ""),
    }


def kind(account: Mapping[str, Any]) -> str:
    """`realtime`: the number at once; `batch`: a token first, for clients that must be able to do with one."""
    return "batch" if account.get("batch") else "realtime"


def find(code: str) -> Category:
    """The category of a service code. Raises 404."""
    code = codec.storable(code)
    found = Category.objects.filter(code=code[:5], active=True, level=MINOR).first()
    if found is None or found.code != code:
        raise faults.unknown("service_code")
    return found


def attributes(category: Category, account: Mapping[str, Any]) -> list[Attribute]:
    """All that is asked about a service, in order."""
    standards = Standard.objects.filter(category=category, active=True).order_by("code")
    values = tuple((s.code, s.filing_condition) for s in standards)
    found = list(_own(category.code, account))
    if values:
        found.append(Attribute(SITUATION, "singlevaluelist", "是哪一种情况？", "请选一项", values=values))
    if category.kind == Category.Kind.COMPONENT:
        found.append(Attribute(COMPONENT, "string", "设施上的编号", "16 位数字，没有可以不填"))
    return found


def definition(category: Category, account: Mapping[str, Any]) -> dict[str, Any]:
    """The service definition."""
    asked = [attribute.told(order) for order, attribute in enumerate(attributes(category, account), 1)]
    return {"service_code": category.code, "attributes": asked}


def _own(code: str, account: Mapping[str, Any]) -> list[Attribute]:
    rows = account.get("attributes")
    fitting = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    return [
        Attribute(
            code=str(row["code"]),
            datatype=str(row["datatype"]),
            description=str(row.get("description", "")),
            hint=str(row.get("hint", "")),
            required=bool(row.get("required")) and row.get("variable", True) is not False,
            variable=row.get("variable", True) is not False,
            values=tuple((str(pair[0]), str(pair[-1])) for pair in row.get("values", ()) if pair),
        )
        for row in fitting
        if row.get("code") and row.get("datatype") in DATATYPES and code.startswith(str(row.get("service", "")))
    ]


def answered(asked: Sequence[Attribute], given: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], list[Fault]]:
    """The answers by code, and what is wrong with them."""
    found, wrong = {}, []
    for attribute in (a for a in asked if a.variable):
        values = list(dict.fromkeys(given.get(attribute.code, ())))
        if not values:
            wrong += [faults.missing(f"attribute[{attribute.code}]")] if attribute.required else []
            continue
        bad = _bad(attribute, values)
        wrong += [faults.wrong(f"attribute[{attribute.code}]", *bad)] if bad else []
        found[attribute.code] = values
    return found, wrong


def _bad(attribute: Attribute, values: list[str]) -> tuple[str, str] | None:
    known = {key for key, _ in attribute.values}
    if attribute.datatype in LISTS and not known.issuperset(values):
        return "不在可选的值里", "it is not one of the values"
    if attribute.datatype != "multivaluelist" and len(values) > 1:
        return "只能有一个值", "it may have one value only"
    try:
        if attribute.datatype == "number" and not math.isfinite(float(values[0])):
            return "要是数字", "it must be a number"
        if attribute.datatype == "datetime":
            codec.moment(values[0], clock.ZONE)
    except (ValueError, OverflowError):
        return "格式不对", "its form is wrong"
    return None


def in_words(asked: Sequence[Attribute], found: Mapping[str, list[str]]) -> list[str]:
    """The answers as lines under the report's words."""
    lines = []
    for attribute in asked:
        names = dict(attribute.values)
        if attribute.code in found and attribute.code != COMPONENT:
            said = "；".join(names.get(value, value) for value in found[attribute.code])
            lines.append(f"【{attribute.description or attribute.code}】{said}")
    return lines
