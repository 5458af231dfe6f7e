"""What a list's address says (网址参数): filters read from the query string; nonsense is dropped, never an error."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from xiucheng.cases.queries.filters import Filters
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.workflow import KINDS, STATES

SWITCHES: Final = ("late", "overdue", "flagged", "returned", "unsigned", "urgent", "unplaced")
NAMES: Final = (
    "state", "kind", "category", "street", "unit", "channel", "source", "level", "flag", "mine", "since", "until", "q",
    *SWITCHES,
)  # fmt: skip


def read(given: Mapping[str, str], preset: Filters, account: int) -> Filters:
    """The preset of a queue, narrowed by what the address says."""
    changes: dict[str, Any] = {name: True for name in SWITCHES if given.get(name) == "1"}
    state = given.get("state", "")
    if state in STATES and (not preset.states or state in preset.states):
        changes["states"] = (state,)
    if given.get("kind") in KINDS:
        changes["kinds"] = (given["kind"],)
    if given.get("category", "") in registers().categories:
        changes["category"] = given["category"]
    for name, most in (("street", 12), ("channel", 12), ("source", 12), ("flag", 20)):
        if given.get(name):
            changes[name] = legible(given[name])[:most]
    for name in ("unit", "level"):
        if given.get(name, "").isdigit() and len(given[name]) < 10:
            changes[name] = int(given[name])
    if given.get("mine") == "1":
        changes["handler"] = account
    for name in ("since", "until"):
        changes |= _day(name, given.get(name, ""))
    if given.get("q", "").strip():
        changes["words"] = legible(given["q"]).strip()[:60]
    return replace(preset, **changes)


def _day(name: str, text: str) -> dict[str, Any]:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return {}
    return {name: day} if 2000 <= day.year <= 2100 else {}


def kept(given: Mapping[str, str], **more: str) -> str:
    """The filters of an address as a query string, with some values replaced (empty: dropped)."""
    values = {name: given[name] for name in (*NAMES, "sort", "view") if given.get(name)}
    values |= more
    return urlencode({name: value for name, value in values.items() if value})


def active(given: Mapping[str, str]) -> int:
    """How many filters are set, apart from the search words."""
    return sum(1 for name in NAMES if given.get(name) and name != "q")
