"""How requests went on (进展互通): the updates extension of FixMyStreet's makers, asked of us and told to us.

What we tell are steps in our own words, never a colleague's or a resident's. What we are told of a request is added to it; `reopen`
asks for another look, `cancelled` takes it back. Only who made the request may. The same `update_id` again is heard once.
"""

from collections.abc import Mapping
from typing import Any, Final

from xiucheng.audit import vault
from xiucheng.channels.open311 import codec, faults, keys, listing, window
from xiucheng.channels.open311.asked import Asked
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.intake.actions import follow_up
from xiucheng.intake.numbers import limits

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "register": ("open", "已受理，正在核对情况。"),
    "file": ("action_scheduled", "情况属实，马上派人办理。"),
    "dispatch": ("in_progress", "已交给{unit}办理。"),
    "transfer": ("in_progress", "已改由{unit}办理。"),
    "feed_back": ("in_progress", "{unit}已处置，等待现场复看。"),
    "rework": ("in_progress", "现场复看没有办好，要求重做。"),
    "close": ("fixed", "已办结。"),
    "dispute": ("investigating", "反映人认为没有解决，正在复核。"),
    "reopen": ("reopen", "已重新交给{unit}办理。"),
    "uphold": ("no_further_action", "复核过了，维持办理结果。"),
    "suspend": ("planned", "暂时办不了，到日子接着办。"),
    "resume": ("in_progress", "接着办理。"),
    "refuse": ("not_councils_responsibility", "不归本市城管办理。"),
    "decline": ("no_further_action", "看过了，不符合办理条件。"),
    "object": ("for_triage", "反映人申请再看一次。"),
    "merge": ("duplicate", "和同一个问题一起办理。"),
    "unmerge": ("open", "单独办理。"),
    "withdraw": ("cancelled", "反映人撤回了。"),
    "void": ("cancelled", "已取消。"),
}
"""Act, extended status and our words for it."""
STATUSES: Final = frozenset({
    "open", "closed", "fixed", "in progress", "planned", "action scheduled", "investigating", "duplicate", "unable to fix",
    "not councils responsibility", "no further action", "internal referral", "cancelled", "reopen", "for triage", "unchanged",
})  # fmt: skip
AGAIN: Final[Mapping[str, str]] = {"closed": "dispute", "refused": "object", "declined": "object"}
_UPDATES: Final = f"""
SELECT c.number, h.id AS step_id, h.at, h.act, coalesce((h.after ->> 'unit_id')::bigint, c.unit_id) AS unit_id
FROM case_history h
JOIN LATERAL (SELECT x.* FROM cases_case x WHERE x.id = h.case_id
  UNION ALL SELECT x.* FROM cases_case x WHERE x.main_case_id = h.case_id AND x.state = 'merged' AND h.at >= x.ended_at) c ON true
WHERE date_trunc('second', h.at) BETWEEN %(since)s AND %(until)s AND h.act = ANY(%(acts)s) AND h.step IN ('', 'grant')
  AND {listing.VISIBLE}
ORDER BY h.at, h.id LIMIT %(most)s
"""


def listed(asked: Asked, sight: listing.Sight) -> list[dict[str, Any]]:
    """The steps of a window, oldest first."""
    since, until = window.span(asked)
    params = sight.params() | {
        "since": since,
        "until": until,
        "acts": list(STEPS),
        "most": limits("open311")["most_requests"],
    }
    return [_told(row) for row in listing.rows(_UPDATES, params)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    status, words = STEPS[row["act"]]
    unit = registers().units.get(row["unit_id"] or 0)
    return {
        "update_id": f"{row['number']}-{row['step_id']}",
        "service_request_id": row["number"],
        "status": status,
        "updated_datetime": codec.told(row["at"], clock.ZONE),
        "description": words.format(unit=unit.name if unit else "责任单位"),
        "media_url": None,
    }


_OWN_REPORT: Final = """
SELECT r.token, c.state FROM cases_case c JOIN cases_report r ON r.case_id = c.id AND r.channel = 'open311'
WHERE c.number = %(number)s AND c.training = %(training)s AND split_part(r.external_key, ':', 1) = %(own)s ORDER BY r.id LIMIT 1
"""
REQUIRED: Final = ("service_request_id", "update_id", "status", "updated_datetime", "description")


def heard(asked: Asked) -> dict[str, str]:
    """Somebody tells how his request went on; gives our own id. Raises `Fault`, `Faults` or `Refused`."""
    key = keys.spend(asked.one("api_key"))
    missing = [faults.missing(name) for name in REQUIRED if not asked.one(name)]
    if missing:
        raise faults.Faults(missing)
    status = codec.plain_status(asked.one("status"))
    if status not in STATUSES:
        raise faults.wrong("status", "没有这种状态", "there is no such status")
    try:
        codec.moment(asked.one("updated_datetime"), clock.ZONE)
    except (ValueError, OverflowError):
        raise faults.wrong("updated_datetime", "时间看不懂", "it is no date-time") from None
    params = {"number": asked.one("service_request_id"), "own": str(key), "training": asked.training}
    found = listing.rows(_OWN_REPORT, params)
    if not found:
        raise faults.unknown("service_request_id")
    once = f"open311:{key}:{vault.blind('update:' + asked.one('update_id')).hex()}"
    done = follow_up(found[0]["token"], _act(status, found[0]["state"]), {"words": _words(asked, status)}, key=once)
    return {"update_id": f"{done.number}-v{done.version}"}


def _act(status: str, state: str) -> str:
    if status == "cancelled":
        return "withdraw"
    return AGAIN.get(state, "supplement") if status in {"reopen", "open"} else "supplement"


def _words(asked: Asked, status: str) -> str:
    links = "".join(f"\n【附件链接】{link[:500]}" for link in asked.values.get("media_url", [])[:9])
    said = "" if status in {"unchanged", "open"} else f"\n【对方状态】{status}"
    return f"{asked.one('description')}{said}{links}"
