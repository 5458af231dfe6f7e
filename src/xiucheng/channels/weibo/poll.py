"""Look for posts and comments that call us (轮询): as often as the day's calls allow, never losing a post between two looks.

Pages are read back until the newest known id; the cursor moves only when all of them have been kept.
"""

import datetime as dt
from typing import Any, Final

import orjson

from xiucheng.channels.weibo import client, codec
from xiucheng.city import clock
from xiucheng.intake.actions import incoming, states
from xiucheng.intake.numbers import limits

EVERY: Final = 20.0
PAGES: Final = 5
LISTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("mentions", "statuses/mentions.json", "statuses"),
    ("comments", "comments/mentions.json", "comments"),
)


def look() -> None:
    """Look if it is time; the time between two looks follows from the calls that the account has. Raises `WeiboError`."""
    now = clock.now()
    due = states.peek("weibo").cursor.get("next_look")
    if due and dt.datetime.fromisoformat(due) > now:
        return
    for name, path, rows in LISTS:
        _list(name, path, rows)
    with states.held("weibo") as memory:
        memory.cursor["next_look"] = (now + pause()).isoformat()


def pause() -> dt.timedelta:
    """The day divided by the looks that the calls allow."""
    looks = max(1, (client.most() - client.KEPT_BACK) // len(LISTS))
    return dt.timedelta(seconds=max(60.0, 86_400 / looks))


def _list(name: str, path: str, rows: str) -> None:
    since = str(states.peek("weibo").cursor.get(f"since_{name}", "0"))
    newest = int(since)
    for page in range(1, PAGES + 1):
        size = int(limits("weibo")["page"])
        answer = client.get(path, {"since_id": since, "count": str(size), "page": str(page)})
        found = [row for row in answer.get(rows) or () if isinstance(row, dict)]
        for row in found:
            newest = max(newest, _keep(row))
        if len(found) < size:
            break
    with states.held("weibo") as memory:
        memory.cursor[f"since_{name}"] = str(newest)


def _keep(row: dict[str, Any]) -> int:
    """Keep one; what is deleted or broken is passed over."""
    try:
        said = codec.posted(row)
    except codec.MalformedError:
        return 0
    number = int(said.key.rpartition(":")[2])
    if said.sender != str(client.account().get("uid", "")):
        incoming.keep("weibo", said.key, orjson.dumps(row), sender=said.sender, words=said.words)
    return number
