"""What the law is told (案情): the case as it stands, who acts, the standard and the settings. Nothing here asks a database or a clock."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from xiucheng.rules.calendar import Calendar
from xiucheng.rules.clocks import Clock

MINUTE: Final = 60
HOUR: Final = 3600
WORKDAY: Final = 8 * HOUR

SETTINGS: Final[dict[str, int]] = {
    "registration": 15 * MINUTE,
    "filing": 15 * MINUTE,
    "verification": 30 * MINUTE,
    "dispatch": 15 * MINUTE,
    "check": 30 * MINUTE,
    "closing": 15 * MINUTE,
    "dispute": WORKDAY,
    "answer_by": 2 * HOUR,
    "handling": 5 * WORKDAY,
    "first_step_handling": WORKDAY,
    "rework_least": 2 * HOUR,
    "resident_days": 15,
}
"""Defaults: seconds of working time for stages, days for residents. A district's own values replace them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `kind` is resident, account, system or importer; posts and unit are what an account holds.

    `key` is the account's id, the report's tracking code or the rule's name; an act by the system carries its certainty.
    """

    kind: str
    key: str = ""
    posts: frozenset[str] = frozenset()
    unit: int | None = None
    certainty: float | None = None
    via: str = ""
    training: bool = False

    def roles(self) -> frozenset[str]:
        """The names of the table's `who` that this actor answers to."""
        fixed = {"resident": "resident", "system": "system", "importer": "importer"}.get(self.kind)
        return frozenset({fixed}) if fixed else self.posts


@dataclass(frozen=True, slots=True)
class StandardFacts:
    """A filing condition with its limit in seconds on its clock (`natural`, `working` or `season`)."""

    id: int
    category: str
    clock: str
    seconds: int
    first_step: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """Calendar, standards and settings of the district."""

    calendar: Calendar
    standard: Callable[[int], StandardFacts | None]
    settings: Mapping[str, int] = field(default_factory=lambda: SETTINGS)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The case before the act. An empty state means that there is no case yet; `deadline` is what another system allows for it."""

    state: str = ""
    kind: str = "complaint"
    category: str | None = None
    standard: int | None = None
    unit: int | None = None
    helpers: tuple[int, ...] = ()
    placed: bool = False
    signed: bool = False
    returned: bool = False
    returns: int = 0
    reworks: int = 0
    extensions: int = 0
    suspensions: int = 0
    overdue: bool = False
    appealed: bool = False
    called_back: bool = False
    prior_state: str = ""
    suspended: bool = False
    closed_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    ask: Mapping[str, Any] | None = None
    task_account: int | None = None
    task_pool: str = ""
    followers: int = 0
    main: int | None = None
    training: bool = False
    imported: bool = False
    deadline: dt.datetime | None = None
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law says: the row that applies, the new state, the changed fields, all clocks, whom to tell."""

    act: str
    step: str
    post: str
    to: str
    changes: Mapping[str, Any]
    clocks: tuple[Clock, ...]
    tells: tuple[str, ...]
    facts: Mapping[str, Any]
    words: str
