"""Look for posts and comments that call us, and comments below our own posts (轮询): as often as the day's calls allow, losing none.

What is new is read downwards from the newest to the newest that is known; where there is more than one look may read, the next look
goes on below. After a fault the next look waits, longer each time: every try costs a call.
"""

import datetime as dt
from typing import Any, Final

import orjson

from xiucheng.channels.weibo import client, codec
from xiucheng.city import clock
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later

EVERY: Final = 20.0
PAGES: Final = 5
FIRST_PAUSE: Final = dt.timedelta(minutes=1)
LISTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("mentions", "statuses/mentions.json", "statuses"),
    ("comments", "comments/mentions.json", "comments"),
    ("to_me", "comments/to_me.json", "comments"),
)


def look() -> None:
    """Look if it is time; the time between two looks follows from the calls that the account has. Raises `Later`, also while a fault is waited out."""
    now = clock.now()
    known = states.peek("weibo").cursor
    due = known.get("next_look")
    if due and dt.datetime.fromisoformat(due) > now:
        if known.get("wrong"):
            raise Later(known["wrong"])
        return
    try:
        for name, path, rows in _lists():
            _list(name, path, rows)
    except client.WeiboError as wrong:
        faults = int(known.get("faults", 0))
        _wait(now + min(FIRST_PAUSE * 2 ** min(faults, 12), pause()), faults + 1, wrong.zh)
        raise Later(wrong.zh) from wrong
    _wait(now + pause(), 0)


def _wait(until: dt.datetime, faults: int, wrong: str = "") -> None:
    with states.held("weibo") as memory:
        memory.cursor |= {"next_look": until.isoformat(), "faults": faults, "wrong": wrong}


def _lists() -> tuple[tuple[str, str, str], ...]:
    """Comments below our own posts are left out where the account says so."""
    return LISTS if client.account().get("own_comments", True) else LISTS[:2]


def pause() -> dt.timedelta:
    """The day divided by the looks that the calls allow."""
    looks = max(1, (client.most() - client.KEPT_BACK) // len(_lists()))
    return dt.timedelta(seconds=max(60.0, 86_400 / looks))


def _list(name: str, path: str, rows: str) -> None:
    """Read one list downwards; where this stands is written down after each page. A first look goes a few days back."""
    known, size = states.peek("weibo").cursor, int(limits("weibo")["page"])
    since = int(known.get(f"since_{name}", 0))
    newest, below = known.get(f"rest_{name}") or (since, 0)
    oldest = clock.now() - dt.timedelta(days=int(limits("weibo")["first_days"]))
    for _ in range(PAGES):
        asked = {"since_id": str(since), "count": str(size)} | ({"max_id": str(below)} if below else {})
        given = [row for row in client.get(path, asked).get(rows) or () if isinstance(row, dict)]
        found = [(said, row) for row in given if (said := _read(row))]
        fresh = [(said, row) for said, row in found if since or said.at >= oldest]
        for said, row in reversed(fresh):
            _keep(said, row, name)
        newest = max([newest, *(_number(said) for said, _ in found)])
        below = min((_number(said) for said, _ in found), default=0) - 1
        # deleted and hidden rows are taken out of a page after it was counted: a page is the last only where much is missing
        end = 2 * len(given) < size or len(fresh) < len(found) or below <= since
        with states.held("weibo") as memory:
            if end:
                memory.cursor[f"since_{name}"] = str(newest)
            memory.cursor[f"rest_{name}"] = None if end else [newest, below]
        if end:
            return


def _read(row: dict[str, Any]) -> codec.Said | None:
    """What is deleted or broken is passed over."""
    try:
        return codec.posted(row)
    except codec.MalformedError:
        return None


def _number(said: codec.Said) -> int:
    return int(said.key.rpartition(":")[2])


def _keep(said: codec.Said, row: dict[str, Any], name: str) -> None:
    """Keep one; not what we wrote ourselves, nor what only applauds below our posts."""
    ours = said.sender == str(client.account().get("uid", ""))
    if not ours and not (name == "to_me" and codec.empty(said.words)):
        told = f"{said.words}\n{said.below.words}" if said.below else said.words
        incoming.keep("weibo", said.key, orjson.dumps(row), sender=said.sender, words=told)
