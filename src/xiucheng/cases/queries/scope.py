"""Which cases a person may see (可见范围): everything, those of his unit, or those he has a task for. Nothing by default."""

from dataclasses import dataclass
from typing import Any, Final

from xiucheng.people.queries import Holder


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be read; the parts add up. A training account sees training cases only, everybody else none of them."""

    everything: bool = False
    unit: int | None = None
    handler: int | None = None
    officer: int | None = None
    pools: tuple[str, ...] = ()
    training: bool = False

    def where(self, *, helping: bool = False) -> tuple[str, dict[str, Any]]:
        """An SQL condition on `c` and its parameters; `helping` adds cases where the unit only helps."""
        params: dict[str, Any] = {"training": self.training}
        head = "c.training = %(training)s"
        if self.everything:
            return head, params
        parts = [part for part in (self._unit(params, helping), self._handler(params), self._officer(params)) if part]
        return f"{head} AND ({' OR '.join(parts) or 'false'})", params

    def _unit(self, params: dict[str, Any], helping: bool) -> str:
        if self.unit is None or self.handler is not None:
            return ""
        params["scope_unit"] = self.unit
        if not helping:
            return "c.unit_id = %(scope_unit)s"
        params["scope_help"] = f"[{int(self.unit)}]"
        return "(c.unit_id = %(scope_unit)s OR (c.helpers <> '[]' AND c.helpers @> %(scope_help)s::jsonb))"

    def _handler(self, params: dict[str, Any]) -> str:
        if self.unit is None or self.handler is None:
            return ""
        params |= {"scope_unit": self.unit, "scope_handler": self.handler}
        return "(c.unit_id = %(scope_unit)s AND (c.handler_id = %(scope_handler)s OR c.handler_id IS NULL))"

    def _officer(self, params: dict[str, Any]) -> str:
        if self.officer is None:
            return ""
        params |= {"scope_officer": self.officer, "scope_pools": list(self.pools)}
        return (
            "c.id IN (SELECT t.case_id FROM cases_task t WHERE t.account_id = %(scope_officer)s"
            " OR (t.account_id IS NULL AND t.done_at IS NULL AND t.pool = ANY(%(scope_pools)s)))"
        )


ANYWHERE: Final = "street:"
"""The pool of a case whose place is unknown: every officer may look."""

ALL: Final = Scope(everything=True)


def scope_of(who: Holder) -> Scope:
    """The scope of a person with his posts."""
    if who.centre:
        return Scope(everything=True, training=who.training)
    on_site = bool(who.posts & {"officer", "chief"})
    works = bool(who.posts & {"unit", "handler"})
    return Scope(
        unit=who.unit if works else None,
        handler=who.id if works and "unit" not in who.posts else None,
        officer=who.id if on_site else None,
        pools=(ANYWHERE, *(f"street:{area}" for area in who.areas)) if on_site else (),
        training=who.training,
    )
