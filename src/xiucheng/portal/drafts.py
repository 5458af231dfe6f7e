"""An order that a resident has begun (草稿): kept on the server, sealed, so that no script and no account is needed.

Whoever holds the unguessable token goes on; the same draft sent twice is one report.
"""

import datetime as dt
import secrets
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import orjson
from django.http import Http404

from xiucheng.audit import vault
from xiucheng.city import clock
from xiucheng.intake.models import Draft

KEPT: Final = dt.timedelta(days=1)
WORDS_MOST: Final = 5000


@dataclass
class Order:
    """What has been filled in so far; `how` says where the point came from (picture, map, phone, me_too), `gcj02` what WeChat said."""

    kind: str = "complaint"
    category: str = ""
    words: str = ""
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    how: str = ""
    gcj02: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    share_contact: bool = False
    answered: bool = False


_NAMES: Final = {field.name for field in fields(Order)}


def begin(order: Order, pictures: list[dict[str, Any]]) -> Draft:
    """A new draft."""
    return Draft.objects.create(
        token=secrets.token_urlsafe(32), sealed=_sealed(order), pictures=pictures, created_at=clock.now()
    )


def find(token: str) -> tuple[Draft, Order]:
    """A draft that is still kept; raises Http404."""
    row = Draft.objects.filter(token=token[:43], created_at__gt=clock.now() - KEPT).first()
    if row is None:
        raise Http404
    facts = orjson.loads(vault.unseal(row.sealed) or "{}")
    return row, Order(**{name: value for name, value in facts.items() if name in _NAMES})


def save(row: Draft, order: Order) -> None:
    """Keep what has been filled in."""
    row.sealed = _sealed(order)
    row.save(update_fields=["sealed", "pictures"])


def sent(row: Draft, report_token: str) -> None:
    """The draft has become a report: what was filled in is forgotten, the way to the report stays for a day."""
    row.report_token, row.sealed = report_token, None
    row.save(update_fields=["report_token", "sealed"])


def _sealed(order: Order) -> bytes:
    return vault.seal(orjson.dumps(asdict(order)).decode())


def sweep() -> int:
    """Drop drafts older than a day; gives how many."""
    return Draft.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
