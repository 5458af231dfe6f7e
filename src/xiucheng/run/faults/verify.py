"""Looks up every answer in the database (核对): there, once, nothing stuck, notices counted once, figures as the history says."""

import time
from collections import Counter
from typing import Any, Final

from django.db import connection

from xiucheng.channels.email.letter import message_id
from xiucheng.run.faults.clients import Ledger

DRAIN_SECONDS: Final = 900.0
WAITING: Final = """
SELECT (SELECT count(*) FROM cases_errand), (SELECT count(*) FROM cases_change),
  (SELECT count(*) FROM notices_notice WHERE state IN ('queued', 'sending', 'unknown')
   AND rung < jsonb_array_length(ladder))
"""


def _all(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def drain() -> tuple[int, int, int]:
    """Wait until the worker has nothing left to do; gives what is still waiting (errands, changes, notices)."""
    until = time.monotonic() + DRAIN_SECONDS
    while True:
        left = _all(WAITING)[0]
        if not any(left) or time.monotonic() > until:
            return left[0], left[1], left[2]
        time.sleep(0.3)


def reports(ledger: Ledger, sent: int) -> list[str]:
    """Every acknowledged report is there once, and no other."""
    kept = dict(_all("SELECT r.token, c.number FROM cases_report r JOIN cases_case c ON c.id = r.case_id"))
    own = {token for _, token in ledger.reports.values()}
    wrong = [f"report {key} is lost" for key, (number, token) in ledger.reports.items() if kept.get(token) != number]
    if len(own) != len(ledger.reports):
        wrong.append("two requests were given the same tracking code")
    keys = _all("SELECT count(*) FROM cases_deed WHERE key LIKE %s", f"{next(iter(ledger.reports)).split('-')[0]}-r%")
    if keys[0][0] > sent:
        wrong.append(f"{keys[0][0]} reports for {sent} requests")
    doubles = _all("SELECT case_id, count(*) FROM cases_report GROUP BY 1 HAVING count(*) > 1")
    return wrong + [f"case {case} has {count} reports" for case, count in doubles]


def acts(ledger: Ledger) -> list[str]:
    """Every acknowledged act stands in its case's history, once."""
    wanted = Counter(ledger.acts.values())
    run = next(iter(ledger.reports)).split("-")[0]
    rows = _all(
        "SELECT c.number, h.act, count(*) FROM case_history h JOIN cases_case c ON c.id = h.case_id "
        "WHERE h.act IN ('supplement', 'note') AND h.words LIKE %s GROUP BY 1, 2",
        f"补充说明 {run}-%",
    )
    found = {(number, act): count for number, act, count in rows}
    wrong = [f"{act} on {number}: {count} answered, {found.get((number, act), 0)} kept"
             for (number, act), count in wanted.items() if found.get((number, act), 0) != count]  # fmt: skip
    return wrong


def cases() -> list[str]:
    """History is without gaps, agrees with the case, and no case waits for the platform."""
    gaps = _all(
        "SELECT c.number, c.version, count(*), max(h.seq) FROM cases_case c JOIN case_history h ON h.case_id = c.id "
        "GROUP BY c.id HAVING count(*) <> c.version OR max(h.seq) <> c.version"
    )
    states = _all(
        "SELECT c.number FROM cases_case c JOIN LATERAL (SELECT to_state FROM case_history h WHERE h.case_id = c.id "
        "ORDER BY seq DESC LIMIT 1) last ON true WHERE last.to_state <> c.state"
    )
    stuck = _all("SELECT c.number, e.kind FROM cases_errand e JOIN cases_case c ON c.id = e.case_id")
    return (
        [f"case {number}: version {version}, {count} rows up to {seq}" for number, version, count, seq in gaps]
        + [f"case {number}: state is not its history's" for (number,) in states]
        + [f"case {number}: still waits for {kind}" for number, kind in stuck]
    )


def notices(got: Counter[str], domain: str = "district.invalid") -> list[str]:
    """Every notice has left, is counted once, and mail that counts as accepted has reached the mail server."""
    both = "SELECT key, state, ladder::text FROM notices_notice UNION ALL SELECT key, state, '[]' FROM notice_done"
    rows = _all(both)
    twice = [key for key, count in Counter(row[0] for row in rows).items() if count > 1]
    wrong = [f"notice {key} is counted twice" for key in twice]
    wrong += [
        f"notice {key} is still {state}"
        for key, state, ladder in rows
        if state in {"queued", "sending"} and ladder != "[]"
    ]
    mailed = _all("SELECT DISTINCT notice_key FROM notices_attempt WHERE channel = 'email' AND result = 'accepted'")
    wrong += [f"mail {key} never arrived" for (key,) in mailed if not got[message_id(key, domain)]]
    addressed = _all(
        "SELECT key FROM notices_notice WHERE address_sealed IS NOT NULL AND state NOT IN ('accepted', 'delivered')"
    )
    wrong += [f"mail {key} was not accepted" for (key,) in addressed]
    return wrong


def figures() -> list[str]:
    """The daily figures are what the history says."""
    from xiucheng.cases.actions import recompute

    wanted = {
        (f.day, f.measure, f.street, f.unit, f.category, f.channel): tuple(v)
        for f, v in recompute.from_history().items()
    }  # fmt: skip
    rows = _all(
        "SELECT day, measure, street, unit_id, category_id, channel, count, seconds FROM cases_dayfigure WHERE count <> 0"
    )
    found = {row[:6]: tuple(row[6:]) for row in rows}
    return [f"figure {key}: {found.get(key)} instead of {wanted.get(key)}" for key in wanted.keys() | found.keys()
            if found.get(key) != wanted.get(key)][:20]  # fmt: skip


def everything(ledger: Ledger, sent: int, got: Counter[str]) -> dict[str, list[str]]:
    """All that is wrong, by subject; empty lists are what is hoped for."""
    left = drain()
    waiting = [f"{n} {what} still wait" for n, what in zip(left, ("errands", "changes", "notices"), strict=True) if n]
    return {
        "answers": ledger.faults,
        "waiting": waiting,
        "reports": reports(ledger, sent),
        "acts": acts(ledger),
        "cases": cases(),
        "notices": notices(got),
        "figures": figures(),
    }
