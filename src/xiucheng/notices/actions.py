"""Put notices in the queue (入队), in the transaction of whatever causes them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from xiucheng.audit import vault
from xiucheng.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notice to be: `recipient_kind` is account, unit, post or reporter; `ladder` names channels in order."""

    recipient_kind: str
    recipient_key: str
    template: str
    facts: dict[str, Any] = field(default_factory=dict)
    ladder: Sequence[str] = ("inapp",)
    address: str = ""
    urgent: bool = False


def enqueue(rows: Sequence[Outgoing], *, subject_kind: str, subject_key: str, moment: str, now: dt.datetime) -> None:
    """Write notices; the key `moment:recipient` makes a second writing of the same one impossible."""
    Notice.objects.bulk_create(
        [
            Notice(
                key=f"{moment}:{o.recipient_kind}:{o.recipient_key}",
                subject_kind=subject_kind,
                subject_key=subject_key,
                recipient_kind=o.recipient_kind,
                recipient_key=o.recipient_key,
                address_sealed=vault.seal(o.address) if o.address else None,
                template=o.template,
                facts=o.facts,
                ladder=list(o.ladder),
                urgent=o.urgent,
                created_at=now,
                due_at=now,
            )
            for o in rows
        ],
        ignore_conflicts=True,
    )
