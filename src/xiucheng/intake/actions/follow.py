"""What the reporter does later (后续): add to it, urge, withdraw, rate, ask again; known by his tracking code alone."""

from collections.abc import Mapping
from typing import Any, Final

from xiucheng.cases import actions
from xiucheng.cases.actions import Outcome
from xiucheng.cases.models import Report
from xiucheng.intake.actions import clean, limit
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, Actor

FOLLOW_UPS: Final = frozenset({"supplement", "urge", "withdraw", "verdict", "dispute", "object"})
FOLLOWS_MAIN: Final = FOLLOW_UPS - {"withdraw", "object"}
WORDS_MOST: Final = 2000


def find_report(token: str) -> Report:
    """The report of a tracking code, however it was typed. Raises `case_unknown`."""
    code = "".join(c for c in token.upper() if c.isalnum())
    report = Report.objects.select_related("case", "case__main_case").filter(token=code).first() if code else None
    if report is None:
        raise Refused("case_unknown")
    return report


def follow_up(
    token: str,
    act: str,
    form: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    sender: str = "",
) -> Outcome:
    """Carry out what the reporter wants; a merged report speaks to its main case."""
    report = find_report(token)
    if act not in ACTS:
        raise Refused("unknown_act", act=act)
    if act not in FOLLOW_UPS:
        raise Refused("not_allowed", act=ACTS[act])
    given = dict(form or {})
    if given.get("words"):
        given["words"] = clean.text(str(given["words"]), "内容", WORDS_MOST)
    if given.get("pictures"):
        given["pictures"] = clean.pictures(given["pictures"])
    limit.count(sender)
    case = report.case
    target = case.main_case_id if case.main_case_id and act in FOLLOWS_MAIN else case.id
    return actions.act(target or case.id, act, Actor("resident", report.token), given, key=key)
