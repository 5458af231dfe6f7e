"""Calls as the desk shows them (来电显示): the number by its outline, whose open cases they are, words for what became of them."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as n_

from xiucheng.cases.queries import lists
from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.lists import Line
from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import calls
from xiucheng.channels.hotline.models import Call
from xiucheng.desk.access import Viewer
from xiucheng.intake import accounts
from xiucheng.rules.masking import mask_phone
from xiucheng.rules.workflow import OPEN

SHORTEST: Final = 7
OUTCOMES: Final = {
    "answered": n_("咨询，已当场答复"), "urged": n_("问进度或催办"), "wrong": n_("打错了"), "silent": n_("无声"),
    "nuisance": n_("骚扰"), "elsewhere": n_("不归中心管，已告诉该找谁"),
}  # fmt: skip
RESULTS: Final = {
    "reached": n_("打通了"), "no_answer": n_("无人接听"), "wrong": n_("号码不对"), "spoke": n_("后来接上了"), "form": n_("已登记"),
}  # fmt: skip
CALL_BACK_RESULTS: Final = ("reached", "no_answer", "wrong")


@dataclass(frozen=True, slots=True)
class Shown:
    """A call with the caller's number by its outline and his cases that are still open."""

    call: Call
    phone: str
    cases: tuple[Line, ...] = ()

    @property
    def state(self) -> str:
        """`ringing`, `speaking`, `missed` or `answered`."""
        if self.call.ended_at is None and not self.call.settled:
            return "ringing" if self.call.answered_at is None else "speaking"
        return "missed" if self.call.answered_at is None else "answered"


def on() -> bool:
    """Whether this installation has a call desk."""
    return accounts.account("hotline") is not None


def outline(call: Call) -> Shown:
    """The call without the caller's cases."""
    return Shown(call, mask_phone(calls.caller(call)))


def with_cases(call: Call, viewer: Viewer) -> Shown:
    """The call with what its caller still waits for."""
    phone = calls.caller(call)
    if len(phone) < SHORTEST:
        return Shown(call, mask_phone(phone))
    wanted = Filters(words=phone, states=tuple(sorted(OPEN)))
    return Shown(call, mask_phone(phone), tuple(lists.page(wanted, viewer.scope, sort="new", size=8).lines))


def chosen(text: str) -> Call | None:
    """The call of a form or an address."""
    return queries.find(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
