"""By which keys a reporter is found again (反映人查找键), and how keys made in an older way are made anew.

Phone, door (who he is on the channel that he wrote on) and e-mail, each as a keyed hash: two reports with one of them in common are
one person's, whatever doors they came in by. Nothing else about him is kept for that.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.models import Max

from xiucheng.audit import vault
from xiucheng.cases.models import Report, Upkeep
from xiucheng.city import clock
from xiucheng.rules.masking import dialled

JOB: Final = "reporter_key_4"
"""4: the door of a private talk on Weibo too (3 was: phone by the digits dialled, door, e-mail). Another way of making keys needs another name, and all are made anew."""
BATCH: Final = 200
PERSONAL: Final[Mapping[str, str]] = {"wechat": "", "weibo": "dm:"}
"""Channels whose reply address is the person himself, and how it then begins; elsewhere it is a post, a mail or an order."""
Sealed = bytes | memoryview | None
_WRITE: Final = """
UPDATE cases_report r SET phone_blind = n.phone, door_blind = n.door, email_blind = n.email
FROM unnest(%(ids)s::bigint[], %(phones)s::bytea[], %(doors)s::bytea[], %(emails)s::bytea[]) AS n (id, phone, door, email)
WHERE r.id = n.id
"""


class Keys(NamedTuple):
    """What a report's person is found by; none where nothing of the kind was given."""

    phone: bytes | None
    door: bytes | None
    email: bytes | None


def keys_of(contact: Mapping[str, str], reply_channel: str) -> Keys:
    """The keys of what was left: a number the same however it was written, an address the same in capitals."""
    door, email = contact.get("reply", ""), contact.get("email", "").strip()
    personal = bool(door) and reply_channel in PERSONAL and door.startswith(PERSONAL[reply_channel])
    return Keys(
        phone_key(contact.get("phone", "")),
        vault.blind(f"{reply_channel}:{door}") if personal else None,
        vault.blind(f"email:{email.casefold()}") if email else None,
    )


def phone_key(phone: str) -> bytes | None:
    """The key of a number; none without a number."""
    return vault.blind(dialled(phone)) if phone else None


def renew(*, batch: int = BATCH) -> bool:
    """Make the keys of the next few reports anew, in one transaction with how far it came; gives whether more are left.

    Reports of later on have the new keys already. Of several workers one does it. A contact that cannot be opened is
    counted and passed over, so that one damaged row does not hold up all others.
    """
    if not Upkeep.objects.filter(name=JOB).exists():
        last = Report.objects.aggregate(last=Max("id"))["last"] or 0
        Upkeep.objects.bulk_create([Upkeep(name=JOB, until=last)], ignore_conflicts=True)
    with transaction.atomic():
        job = Upkeep.objects.select_for_update(skip_locked=True).filter(name=JOB, finished_at=None).first()
        if job is None:
            return False
        reports = Report.objects.filter(id__gt=job.upto, id__lte=job.until).order_by("id")
        rows = list(reports.values_list("id", "contact_sealed", "reply_channel", *KEPT)[:batch])
        _renew(job, rows)
        job.upto = rows[-1][0] if rows else job.until
        job.finished_at = clock.now() if job.upto >= job.until else None
        job.save()
    return job.finished_at is None


KEPT: Final = ("phone_blind", "door_blind", "email_blind")


def _renew(job: Upkeep, rows: list[tuple[int, Sealed, str, Sealed, Sealed, Sealed]]) -> None:
    differ: dict[int, Keys] = {}
    for pk, sealed, channel, *old in rows:
        if sealed is None:
            continue
        try:
            keys = keys_of(orjson.loads(vault.unseal(sealed)), channel)
        except (InvalidTag, ValueError):
            job.faulty += 1
            continue
        if keys != tuple(bytes(key) if key is not None else None for key in old):
            differ[pk] = keys
    if differ:
        phones, doors, emails = (list(column) for column in zip(*differ.values(), strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"ids": list(differ), "phones": phones, "doors": doors, "emails": emails})
        job.changed += len(differ)


def to_renew() -> tuple[int, int]:
    """How many reports with a contact still wait for their new keys, and how many could not be opened."""
    job = Upkeep.objects.filter(name=JOB).first()
    waiting = Report.objects.filter(contact_sealed__isnull=False)
    if job is None:
        return waiting.count(), 0
    if job.finished_at is not None:
        return 0, job.faulty
    return waiting.filter(id__gt=job.upto, id__lte=job.until).count(), job.faulty
