"""How a case's fields are named in its table (字段): the law speaks of `unit`, the table of `unit_id`."""

from typing import Any, Final

from xiucheng.cases.models import Case
from xiucheng.rules.clocks import Clock
from xiucheng.rules.mercator import mercator

ALIASES: Final[dict[str, str]] = {
    "category": "category_id",
    "standard": "standard_id",
    "unit": "unit_id",
    "handler": "handler_id",
    "main": "main_case_id",
}
COLUMNS: Final[tuple[str, ...]] = tuple(
    str(f.column) for f in Case._meta.concrete_fields if f.column not in {"id", "number", "version", "history_hash"}
)
CLOCK_COLUMNS: Final = (
    "kind", "clock", "limit", "used", "unit_id", "started_at", "running_since", "due_at", "provisional", "stopped_at",
    "outcome",
)  # fmt: skip


def column(field: str) -> str:
    """The table's name of a field."""
    return ALIASES.get(field, field)


def clock_row(clock: Clock) -> dict[str, Any]:
    """A clock as its row."""
    row = {name: getattr(clock, "unit" if name == "unit_id" else name) for name in CLOCK_COLUMNS}
    return row


def clock_from(row: dict[str, Any]) -> Clock:
    """A row as the clock it keeps."""
    values = {name: row[name] for name in CLOCK_COLUMNS}
    values["unit"] = values.pop("unit_id")
    return Clock(**values)


def on_map(lng: float | None, lat: float | None) -> dict[str, float | None]:
    """The Mercator columns of a place, empty where it has none or lies beyond the map's poles."""
    if lng is None or lat is None or not abs(lat) < 85:
        return {"x": None, "y": None}
    x, y = mercator(lng, lat)
    return {"x": round(x, 2), "y": round(y, 2)}
