"""What waits beside the queues (待办数字): calls to make, words to look at, sheets and notices not read yet."""

from collections.abc import Callable
from typing import Final

from xiucheng.cases.queries import call_backs, pass_on, review
from xiucheng.city import clock
from xiucheng.desk.access import CENTRE, Viewer
from xiucheng.notices import queries as notices
from xiucheng.people.queries import board

MOST: Final = 100
"""A page's number is counted no further: a hundred means a hundred or more."""


def _notices(viewer: Viewer) -> int:
    return notices.unread_count(notices.recipients(viewer.id, viewer.holder.unit, viewer.posts))


COUNTED: Final[tuple[tuple[str, tuple[str, ...], Callable[[Viewer], int]], ...]] = (
    ("desk:review", ("operator", "shift_leader"), lambda viewer: min(MOST, review.waiting(MOST))),
    (
        "desk:call_backs",
        ("operator", "shift_leader"),
        lambda viewer: len(call_backs.calls(viewer.scope)) + len(pass_on.passings(viewer.scope)),
    ),
    (
        "desk:bulletins",
        (*CENTRE, "unit", "handler"),
        lambda viewer: board.unread(account_id=viewer.id, posts=viewer.posts, now=clock.now()),
    ),
    ("desk:inbox", (*CENTRE, "unit", "handler"), _notices),
)
"""Page of the menu, whose it is, how to count; one or two statements each."""


def waiting(viewer: Viewer) -> dict[str, int]:
    """The numbers of the pages that this person has in the menu, by the page's name."""
    return {name: count(viewer) for name, posts, count in COUNTED if viewer.has(*posts)}
