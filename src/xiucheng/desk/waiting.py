"""What waits beside the queues (待办数字): calls to make, words to look at, handovers to sign, what is not read yet."""

from collections.abc import Callable, Sequence
from typing import Final

from xiucheng.cases.queries import call_backs, pass_on, review
from xiucheng.city import clock
from xiucheng.desk.access import CENTRE, WORKING, Viewer
from xiucheng.notices import queries as notices
from xiucheng.people.queries import board

MOST: Final = 100
"""A page's number is counted no further: a hundred means a hundred or more."""
READERS: Final = (*CENTRE, "unit", "handler")
HEARERS: Final = ("operator", "shift_leader")


def _review(_viewer: Viewer) -> Sequence[int]:
    return (min(MOST, review.waiting(MOST)),)


def _call_backs(viewer: Viewer) -> Sequence[int]:
    return (len(call_backs.calls(viewer.scope)) + len(pass_on.passings(viewer.scope)),)


def _to_sign(viewer: Viewer) -> Sequence[int]:
    return board.to_sign(account_id=viewer.id, posts=viewer.posts, now=clock.now())


def _notices(viewer: Viewer) -> Sequence[int]:
    return (notices.unread_count(notices.recipients(viewer.id, viewer.holder.unit, viewer.posts)),)


COUNTED: Final[tuple[tuple[dict[str, tuple[str, ...]], Callable[[Viewer], Sequence[int]]], ...]] = (
    ({"desk:review": HEARERS}, _review),
    ({"desk:call_backs": HEARERS}, _call_backs),
    ({"desk:bulletins": READERS, "desk:handovers": WORKING}, _to_sign),
    ({"desk:inbox": READERS}, _notices),
)
"""Pages of the menu and whose they are, how to count them together; one or two statements each."""


def waiting(viewer: Viewer) -> dict[str, int]:
    """The numbers of the pages that this person has in the menu, by the page's name."""
    found: dict[str, int] = {}
    for pages, count in COUNTED:
        mine = [viewer.has(*posts) for posts in pages.values()]
        if any(mine):
            found |= {page: n for page, n, his in zip(pages, count(viewer), mine, strict=True) if his}
    return found
