"""A kept work order becomes a report (收单): with 12345's number and deadline; the same number again is a change of it, not a second one."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from xiucheng.audit import vault
from xiucheng.cases import actions
from xiucheng.cases.models import Report
from xiucheng.channels.order12345 import client, codec
from xiucheng.channels.order12345.codec import Names, Order
from xiucheng.intake import accounts
from xiucheng.intake.actions import clean, follow, incoming, take_in
from xiucheng.intake.actions.where import Point
from xiucheng.intake.port import Arrived, Proof, Worked
from xiucheng.rules.datum import DATUMS
from xiucheng.rules.workflow import Actor

NAME: Final = "order12345"
THEY: Final = Actor("system", NAME)
SECRET_LEAST: Final = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one order when it came: kept now, or there already."""

    number: str
    fresh: bool


def known() -> Names:
    """The names of the columns, the city's own first."""
    own = (accounts.account(NAME) or {}).get("columns", {})
    return codec.names(own if isinstance(own, dict) else {})


def keep(row: dict[str, Any], names: Names, sending: str) -> Kept:
    """Keep one line or object as it came, under its number, its content and the `sending` it came with; orders of one number are one talk.

    The same sending again is a copy, and so is what says the same as the last that we have of this number. What was said
    before and is said again after something else is 12345's last word. Raises `Refused` where it has no number.
    """
    number = codec.number(row, names)
    raw = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    key, words = f"{number}:{vault.blind(raw.hex()).hex()[:16]}", codec.words(row, names)
    if incoming.last_of(NAME, number).startswith(key):
        return Kept(number, fresh=False)
    return Kept(number, incoming.keep(NAME, f"{key}:{sending}", raw, sender=number, words=words))


class Orders:
    """The way in."""

    name, title = NAME, "12345 工单"

    def work(self, arrived: Arrived) -> Worked:
        """Take it in, or carry over what 12345 changed in an order that is here."""
        order = codec.read(orjson.loads(arrived.raw), known())
        there = Report.objects.select_related("case").filter(channel=NAME, external_key=order.number).first()
        if there is not None:
            _change(there, order, arrived)
            return Worked(there.token)
        return Worked(_take(order, arrived))

    def check(self) -> Iterator[Proof]:
        """The secret is long enough, and their side answers a signed greeting."""
        account = accounts.account(NAME) or {}
        good = len(str(account.get("secret", ""))) >= SECRET_LEAST
        yield Proof(good, f"密钥至少 {SECRET_LEAST} 个字符", f"the secret has at least {SECRET_LEAST} characters")
        if not account.get("url"):
            yield Proof(True, "没有写回传地址：结果用表格导出", "no address for results: they go by sheet")
            return
        said = client.post(account, {"type": "ping"}, time.time())
        word = said.detail or "ok"
        yield Proof(said.result == "delivered", f"回传地址应答：{word}", f"their side answered: {word}")


def _take(order: Order, arrived: Arrived) -> str:
    datum = str((accounts.account(NAME) or {}).get("datum", ""))
    placed = order.lng is not None and order.lat is not None and datum in DATUMS
    point = Point(order.lng or 0.0, order.lat or 0.0, datum=datum, by=NAME) if placed else None
    made = take_in(
        channel=NAME,
        words=order.words,
        kind=order.kind,
        contact={"name": order.name, "phone": order.phone, "reply": order.number},
        place=order.place[: clean.PLACE_MOST],
        point=point,
        said_at=order.said_at,
        arrived_at=arrived.received_at,
        external_key=order.number,
        raw=arrived.raw.decode()[: clean.RAW_MOST],  # the kept message has all of it, attachments too
        reply_channel=NAME,
        deadline=order.due_at,
    )
    return made.token


def _change(report: Report, order: Order, arrived: Arrived) -> None:
    """A new deadline moves ours; new words are a supplement. Of an ended case people must decide: refused with its state."""
    case = report.case if report.case.main_case_id is None else report.case.main_case
    assert case is not None
    if order.due_at is not None and order.due_at != case.deadline and report.case.main_case_id is None:
        form = {"words": f"12345 把办理时限改为 {order.due_at:%Y-%m-%d %H:%M}。", "deadline": order.due_at}
        actions.act(case.pk, "note", THEY, form, key=_once(arrived, "due"))
    before = _words_before(arrived) or vault.unseal(report.words_sealed)
    words = clean.text(order.words, "内容", clean.WORDS_MOST)
    if words and words != before:
        told = (words.removeprefix(before).strip() or words)[: follow.WORDS_MOST]
        follow.follow_up(report.token, "supplement", {"words": told}, key=_once(arrived, "words"))


def _words_before(arrived: Arrived) -> str:
    """What 12345 told with its message before this one; empty where that is no longer kept."""
    before = incoming.kept_before(arrived)
    return clean.text(codec.words(orjson.loads(before), known()), "内容", clean.WORDS_MOST) if before else ""


def _once(arrived: Arrived, what: str) -> str:
    return f"{what}:{hashlib.sha256(arrived.once.encode()).hexdigest()}"
