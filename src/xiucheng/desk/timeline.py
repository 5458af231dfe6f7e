"""The history of a case in sentences (办理记录): who did what, with the reason and what changed."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from xiucheng.cases.queries.case import Entry, Shot, Whole
from xiucheng.city import clock
from xiucheng.desk import words
from xiucheng.rules.masking import mask


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline as it is read."""

    at: dt.datetime
    title: str
    who: str
    details: list[str]
    words: str
    tone: str
    icon: str
    pictures: list[Shot]
    to_state: str
    moved: bool
    certainty: int | None


ICONS: Final = {
    "submit": "message-plus", "register": "inbox", "file": "clipboard-check", "dispatch": "send", "sign": "signature",
    "assign": "user-check", "feed_back": "camera-check", "close": "circle-check", "verdict": "star", "return":
    "arrow-back-up", "rework": "rotate", "merge": "git-merge", "unmerge": "git-branch", "suspend": "player-pause",
    "resume": "player-play", "urge": "bell-ringing", "supervise": "alert-triangle", "call_back": "phone-call",
    "send_verify": "walk", "verify": "map-pin-check", "send_check": "walk", "check": "eye-check", "void": "trash",
    "refuse": "ban", "decline": "ban", "dispute": "rotate", "extend": "clock-plus", "answer": "message-check",
    "transfer": "switch-horizontal", "note": "note", "supplement": "message-plus", "import": "database-import",
}  # fmt: skip
_TONES: Final = {
    "return": "bad",
    "rework": "bad",
    "dispute": "bad",
    "close": "good",
    "feed_back": "good",
    "check": "good",
}


def told(found: Whole) -> list[Told]:
    """The whole history, the newest first."""
    by_moment: dict[tuple[dt.datetime, str], list[Shot]] = {}
    for shot in found.pictures:
        by_moment.setdefault((shot.at, shot.stage), []).append(shot)
    return [_told(entry, found, by_moment) for entry in reversed(found.history)]


def came_back(entries: list[Told]) -> Told | None:
    """Why the case is here again, when its last move was a return, a failed check or a dispute; `entries` newest first."""
    last = next((one for one in entries if one.moved), None)
    return last if last and last.tone == "bad" else None


def _told(entry: Entry, found: Whole, by_moment: Mapping[tuple[dt.datetime, str], list[Shot]]) -> Told:
    stage = {"submit": "report", "feed_back": "after"}.get(entry.act, entry.act)
    certainty = entry.facts.get("certainty")
    return Told(
        at=entry.at,
        title=words.act(entry.act, entry.step),
        who=words.who(entry),
        details=details(entry),
        words=mask(entry.words),
        tone=_TONES.get(entry.act, "plain") if not entry.step else "plain",
        icon=ICONS.get(entry.act, "point"),
        pictures=by_moment.get((entry.at, stage), []),
        to_state=entry.to_state,
        moved=entry.from_state != entry.to_state,
        certainty=round(100 * float(certainty)) if certainty is not None else None,
    )


def details(entry: Entry) -> list[str]:
    """What the act said beside its words: unit, person, reason, dates, new place and category."""
    found = [text for name, tell in _FACTS.items() if (value := entry.facts.get(name)) and (text := tell(value))]
    found += [text for name, tell in _CHANGES.items() if (value := entry.after.get(name)) and (text := tell(value))]
    return found


def _moment(text: str) -> str:
    try:
        return dt.datetime.fromisoformat(text).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


_FACTS: Final[dict[str, Callable[[Any], str]]] = {
    "reason": lambda v: _("原因：%(text)s") % {"text": mask(str(v))},
    "whose": lambda v: _("归谁管：%(text)s") % {"text": v},
    "finding": lambda v: {"found": _("现场属实"), "not_found": _("现场未发现"), "solved": _("已自行解决")}.get(str(v), ""),
    "reached": lambda v: {
        "reached": _("电话已接通"), "no_answer": _("无人接听"), "wrong_number": _("号码有误"), "declined": _("不愿评价"),
    }.get(str(v), ""),
    "rating": lambda v: _("评价：%(text)s") % {"text": words.rating(v)},
    "claim": lambda v: {"ours": _("是我们的"), "not_ours": _("不是我们的"), "look": _("要到现场看")}.get(str(v), ""),
    "level": lambda v: _("%(n)s级督办") % {"n": v},
    "until": lambda v: _("至 %(date)s") % {"date": _moment(str(v))},
    "team": lambda v: _("班组：%(text)s") % {"text": v},
    "stopped": lambda v: _("已先行制止"),
}  # fmt: skip
_CHANGES: Final[dict[str, Callable[[Any], str]]] = {
    "unit_id": lambda v: _("责任单位：%(unit)s") % {"unit": words.unit(v)},
    "category_id": lambda v: _("类别：%(name)s") % {"name": words.category(str(v), whole=True)},
    "place": lambda v: _("地点：%(place)s") % {"place": v},
    "overdue": lambda v: _("处置超时") if v else "",
}
