"""Short messages that come in (短信来件): parts put together, receipts written down, words made a report or added to one."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from xiucheng.audit import vault
from xiucheng.channels.sms import codec, hook, quota, talk
from xiucheng.channels.sms.channel import NAME, NEEDED, hand_over
from xiucheng.channels.sms.codec import Part
from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.actions import follow_up
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Allowance, Arrived, Later, Proof, Worked
from xiucheng.notices.actions import receive

NEAR: Final = dt.timedelta(hours=6)
"""Parts that are further apart belong to two messages: phones use their references again."""


class Messages:
    """The way in `sms`."""

    name, title = NAME, "短信"

    def work(self, arrived: Arrived) -> Worked:
        """Receipts, one message, or a part of a long one."""
        if arrived.key.startswith("receipts:"):
            return _receipts(arrived)
        part = codec.part(arrived.raw)
        if part.of == 1:
            return talk.take(part.sender, codec.joined([part.text]), part.at, arrived, arrived.once)
        return _long(part, arrived)

    def spent(self) -> Iterator[Allowance]:
        """What went out of what the district pays for."""
        return quota.spent()

    def check(self) -> Iterator[Proof]:
        """One message to the number named as `test_number`."""
        account = accounts.account(NAME) or {}
        lacking = [name for name in (*NEEDED, "test_number") if not account.get(name)]
        if lacking:
            yield Proof(
                False, f"channels.toml 的 [sms] 里还缺 {'、'.join(lacking)}", f"missing in [sms]: {', '.join(lacking)}"
            )
            return
        key = f"check:{int(clock.now().timestamp())}"
        told = hand_over(account, key, codec.number(str(account["test_number"])), "绣城短信通道测试。", urgent=True)
        said = told.result if told.result == "accepted" else f"{told.result} {told.detail}"
        yield Proof(told.result == "accepted", f"网关答复：{said}", f"the gateway said: {said}")


def _receipts(arrived: Arrived) -> Worked:
    for one in codec.record(arrived.raw)["receipts"]:
        detail = " ".join(str(one.get("code") or "").split())[:40]
        receive(one["id"][:120], one["status"], clock.now(), channel=NAME, detail=detail)
    return Worked()


def _long(part: Part, arrived: Arrived) -> Worked:
    """The first who sees all parts makes the report; each of them gives the same one. What comes too late is added."""
    rows = Incoming.objects.filter(
        channel=NAME, account=arrived.account, key__startswith=hook.together(part),
        received_at__range=(arrived.received_at - NEAR, arrived.received_at + NEAR),
    ).order_by("id")  # fmt: skip
    parts: dict[int, tuple[Part, Incoming]] = {}
    for row in rows:
        found = codec.part(vault.unseal_bytes(row.raw_sealed))
        parts.setdefault(found.n, (found, row))
    done = next((row for _, row in parts.values() if row.report and row.pk != arrived.id), None)
    if done is not None:
        if done.done_at is not None and arrived.received_at > done.done_at:
            words = f"〔长短信第 {part.n} 条〕{codec.joined([part.text])}"
            follow_up(done.report, "supplement", {"words": words}, key=arrived.once)
        return Worked(done.report)
    numbers = limits(NAME)
    if len(parts) < part.of and arrived.attempts < numbers["part_tries"]:
        raise Later("等长短信的其余部分", numbers["part_seconds"])
    words = codec.joined([parts[n][0].text if n in parts else "〔缺一条〕" for n in range(1, part.of + 1)])
    first, row = parts[min(parts)]
    return talk.take(part.sender, words, first.at, arrived, f"{NAME}:{arrived.account}:{row.pk}")
