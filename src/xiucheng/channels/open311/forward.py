"""Cases of another city (转外市): what is dispatched to the unit that stands for it goes to its server, and its answers come back as notes.

It is asked how far it is every five minutes. Nobody's name, phone or address goes along; words are masked, pictures are links to
public ones. A case that came by Open311 is never sent on: two cities would hand it back and forth. The unit's own people close it.
"""

import datetime as dt
from typing import Any, Final

from xiucheng.audit import vault
from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.channels.open311 import client, codec
from xiucheng.channels.open311.client import Peer, PeerFault
from xiucheng.channels.open311.discovery import base
from xiucheng.channels.open311.listing import rows
from xiucheng.channels.open311.models import Forward
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.intake import accounts
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits
from xiucheng.notices.models import Attempt
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

BATCH: Final = 20
MOST_TRIES: Final = 8
FIRST_PAUSE: Final = dt.timedelta(minutes=1)
SELF: Final = Actor("system", "open311", certainty=1.0)
_NEW: Final = """
INSERT INTO channel_open311_forward (case_id, peer, request_id, token, status, due_at, attempts, error)
SELECT c.id, %(peer)s, '', '', '', %(now)s, 0, '' FROM cases_case c
WHERE c.state = 'handling' AND c.unit_id = %(unit)s AND c.ended_at IS NULL AND c.training = false AND c.channel <> 'open311'
  AND NOT EXISTS (SELECT 1 FROM channel_open311_forward f WHERE f.case_id = c.id AND f.peer = %(peer)s)
ON CONFLICT (case_id, peer) DO NOTHING RETURNING id
"""
_AGAIN: Final = """
UPDATE channel_open311_forward f SET closed_at = NULL, due_at = %(now)s, attempts = 0, error = '', again = s.step
FROM (SELECT g.id, max(h.id) AS step FROM channel_open311_forward g JOIN cases_case c ON c.id = g.case_id AND c.state = 'handling'
    AND c.unit_id = %(unit)s JOIN case_history h ON h.case_id = c.id AND h.act IN ('rework', 'reopen') AND h.at > g.closed_at
  WHERE g.peer = %(peer)s AND g.closed_at IS NOT NULL AND g.request_id <> '' GROUP BY g.id) s
WHERE f.id = s.id RETURNING f.id
"""


def look() -> None:
    """Send what is new, ask about what is open; a city that does not answer keeps nobody else waiting. Raises its last fault."""
    silent: PeerFault | None = None
    for peer in client.peers(accounts.account("open311")):
        try:
            _look(peer)
        except PeerFault as fault:
            silent = fault
            silent.city = peer.name
    if silent is not None:
        raise silent


def _look(peer: Peer) -> None:
    now = clock.now()
    unit = next((u.id for u in registers().units.values() if u.code == peer.unit), None)
    if unit is not None:
        rows(_NEW, {"peer": peer.name, "unit": unit, "now": now})
        rows(_AGAIN, {"peer": peer.name, "unit": unit, "now": now})
    due = Forward.objects.filter(peer=peer.name, closed_at=None, due_at__lte=now).order_by("due_at")[:BATCH]
    for forward in due:
        try:
            _go_on(peer, forward)
        except PeerFault as fault:
            _put_off(peer, forward, fault)
            if fault.status == 0:
                raise
    if peer.updates:
        _hear(peer)


def _go_on(peer: Peer, forward: Forward) -> None:
    """The next step of one case: hand it over, learn its number, say that it is not done, ask how far it is."""
    if not (forward.request_id or forward.token):
        taken = client.post(peer, "requests", _facts(peer, forward))
        if not taken:
            raise PeerFault(0, "没有给出编号")
        forward.request_id, forward.token = _short(taken[0].get("service_request_id")), _short(taken[0].get("token"))
        sent = f"open311:{forward.case_id}:{peer.name}"
        Attempt.objects.create(notice_key=sent, at=clock.now(), channel="open311", result="accepted", detail=peer.name)
        if not (forward.request_id or forward.token):  # a service of the type `blackbox` tells nothing any more
            forward.closed_at = clock.now()
            _note(forward, f"已转{peer.name}，对方收下了，但不给编号，办得怎么样要人工问。")
        else:
            _note(forward, f"已转{peer.name}，对方编号 {forward.request_id or '待给出'}。")
    elif not forward.request_id:
        (made, *_) = client.get(peer, f"tokens/{forward.token}") or [{}]
        forward.request_id = _short(made.get("service_request_id"))
    elif forward.again is not None:
        client.post(peer, "servicerequestupdates", _not_done(forward))
        forward.again = None
    else:
        _ask(peer, forward)
    pause = dt.timedelta(seconds=int(limits("open311")["poll_seconds"]))
    forward.attempts, forward.error, forward.due_at = 0, "", clock.now() + pause
    forward.save()


def _ask(peer: Peer, forward: Forward) -> None:
    (found, *_) = client.get(peer, f"requests/{forward.request_id}") or [{}]
    notes = mask(legible(str(found.get("status_notes") or ""))).strip()
    status = f"{found.get('status') or ''} {notes}".strip()[:200]
    if status and status != forward.status:
        _note(forward, f"{peer.name}说：{status}。")
        forward.status = status
    if codec.plain_status(str(found.get("status") or "")) == "closed":
        forward.closed_at = clock.now()


def _facts(peer: Peer, forward: Forward) -> dict[str, str]:
    """What the other city is told; nothing of who reported it."""
    case = Case.objects.get(id=forward.case_id)
    report = Report.objects.filter(case_id=case.id).order_by("id")[0]
    shown = Picture.objects.filter(case_id=case.id, public="public").order_by("id").first()
    words = mask(legible(vault.unseal(report.words_sealed))) or case.summary
    return {
        "service_code": peer.service(case.category_id or ""),
        "description": words[: int(limits("open311")["description_most"])],
        "lat": f"{case.lat:.6f}" if case.lat is not None else "",
        "long": f"{case.lng:.6f}" if case.lng is not None else "",
        "address_string": mask(case.place or case.no_place),
        "media_url": f"{base()}/v2/media/{shown.sha256}.jpg" if shown and case.public != "private" else "",
        "client_request_id": f"{registers().settings['district_code']}-{case.number}",
    }


def _not_done(forward: Forward) -> dict[str, str]:
    number = Case.objects.values_list("number", flat=True).get(id=forward.case_id)
    return {
        "service_request_id": forward.request_id, "update_id": f"{number}-{forward.again}", "status": "REOPEN",
        "updated_datetime": codec.told(clock.now(), clock.ZONE) or "", "description": "复看没有办好，请继续办理。",
    }  # fmt: skip


def _put_off(peer: Peer, forward: Forward, fault: PeerFault) -> None:
    """Later, longer each time. An update that was heard before is done; a number that is not public yet is waited for."""
    if forward.again is not None and fault.status == 400 and "already exists" in fault.said:
        forward.again, forward.due_at = None, clock.now()
    elif forward.request_id and fault.status == 404 and forward.again is None:
        forward.due_at = clock.now() + dt.timedelta(seconds=int(limits("open311")["poll_seconds"]))
    else:
        forward.attempts = min(forward.attempts + 1, 30)
        forward.error = fault.said[:200]
        forward.due_at = clock.now() + FIRST_PAUSE * 2 ** min(forward.attempts, 9)
        if forward.attempts == (MOST_TRIES if fault.again else 1):
            _note(forward, f"转{peer.name}没有成功：{fault.said}。请人工联系对方。")
    forward.save()


def _hear(peer: Peer) -> None:
    """What the other city tells of our cases since the last look, two hours earlier for safety; the same step is noted once."""
    now = clock.now()
    overlap = dt.timedelta(seconds=int(limits("open311")["overlap_seconds"]))
    with states.held("open311") as memory:
        heard = memory.cursor.get(peer.name)
        since = dt.datetime.fromisoformat(heard) if heard else now
    if heard and now - since < dt.timedelta(seconds=int(limits("open311")["poll_seconds"])):
        return
    window = {
        "start_date": codec.told(since - overlap, clock.ZONE) or "",
        "end_date": codec.told(now, clock.ZONE) or "",
    }
    for row in client.get(peer, "servicerequestupdates", **window):
        _hear_one(peer, row)
    with states.held("open311") as memory:
        memory.cursor[peer.name] = now.isoformat()


def _hear_one(peer: Peer, row: dict[str, Any]) -> None:
    forward = Forward.objects.filter(peer=peer.name, request_id=_short(row.get("service_request_id")) or "-").first()
    words = mask(legible(str(row.get("description") or ""))).strip()[:1000]
    if forward is not None and words:
        key = vault.blind(f"{peer.name}:{row.get('update_id')}").hex()
        _note(
            forward,
            f"{peer.name}：{words}（{codec.plain_status(str(row.get('status') or ''))}）",
            key=f"open311:heard:{key}",
        )


def _note(forward: Forward, words: str, key: str | None = None) -> None:
    """A line in the case's record; one that has ended needs none any more."""
    try:
        act(forward.case_id, "note", SELF, {"words": words}, key=key)
    except Refused:
        return


def _short(value: Any) -> str:
    return str(value or "")[:80]
