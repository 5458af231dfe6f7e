"""What a client is told when something does not work (错误): one or several, with the HTTP status that the specification wants."""

from collections.abc import Sequence
from typing import Final

from xiucheng.rules.refusals import Refused

KEPT: Final = frozenset({404, 413, 429, 503})
"""Statuses of our own refusals that stay; everything else that is wrong with a request is 400."""


class Fault(Exception):  # noqa: N818 - it is what it says
    """One thing that is wrong, in both languages."""

    def __init__(self, status: int, zh: str, en: str) -> None:
        super().__init__(zh)
        self.status, self.zh, self.en = status, zh, en

    def told(self) -> dict[str, str]:
        """As an `error` of the specification."""
        return {"code": str(self.status), "description": f"{self.zh} {self.en}"}


class Faults(Exception):  # noqa: N818 - it is what it says
    """Several at once; the first one gives the HTTP status."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(len(found))
        self.found = list(found)


def missing(name: str) -> Fault:
    return Fault(400, f"缺少 {name}。", f"{name} was not provided.")


def wrong(name: str, zh: str, en: str) -> Fault:
    return Fault(400, f"{name} 不对：{zh}。", f"{name} is not right: {en}.")


def unknown(name: str) -> Fault:
    return Fault(404, f"没有这个 {name}。", f"{name} was not found.")


def of(refused: Refused) -> Fault:
    """A refusal of the house in the specification's numbers."""
    status = refused.status if refused.status in KEPT else 400
    return Fault(status, refused.zh, refused.en)
