"""A report comes in and becomes a case (上报): report, case, history, clock, errand and change in one statement, one transaction."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from xiucheng.audit import vault
from xiucheng.cases.actions import chain, columns, raw
from xiucheng.cases.actions.reporter_keys import keys_of
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor, Decision, Snapshot, decide

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TOKEN_LENGTH: Final = 16
SUMMARY: Final = 200
WORDS_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Submission:
    """What a channel hands over. Coordinates WGS-84 degrees; `pictures` are stored pictures (see `cases.pictures`).

    `contact` may hold name, phone, email; it is sealed before it is written. `deadline` is what another system allows. What is `urgent` is understood before
    all that waits.
    `asked` is what the sender himself gave of place, category and time, where the fields hold what was made of it.
    """

    channel: str
    kind: str
    words: str = ""
    source: str = "public"
    contact: dict[str, str] | None = None
    place: str = ""
    no_place: str = ""
    lng: float | None = None
    lat: float | None = None
    street: str = ""
    community: str = ""
    cell: str = ""
    outside: bool = False
    component: str = ""
    category: str | None = None
    original_point: dict[str, Any] | None = None
    said_at: dt.datetime | None = None
    external_key: str | None = None
    pictures: Sequence[dict[str, Any]] = field(default=())
    share_contact: bool = False
    reply_channel: str = ""
    reply_until: dt.datetime | None = None
    language: str = "zh-hans"
    raw: str = ""
    taken_by: int | None = None
    training: bool = False
    deadline: dt.datetime | None = None
    asked: Mapping[str, Any] | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """The answer to a report: `again` says that the same request had been carried out before."""

    case_id: int
    number: str
    token: str
    again: bool


def new_token() -> str:
    """A tracking code of 16 letters and digits that cannot be mistaken for one another (78 bits)."""
    number, letters = secrets.randbelow(len(ALPHABET) ** TOKEN_LENGTH), []
    for _ in range(TOKEN_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def submit(given: Submission, actor: Actor, *, key: str | None = None) -> Submitted:
    """Take a report in. The same key gives the first answer again; the same key with other content is refused."""
    now = clock.now()
    book = registers()
    if len(given.words) > WORDS_MOST:
        raise Refused("too_long", field="内容", most=WORDS_MOST)
    form = {"words": given.words.strip(), "pictures": given.pictures}
    decision = decide(Snapshot(kind=given.kind, training=given.training), "submit", actor, form, now, book.law)
    token = new_token()
    key = key or (f"{given.channel}:{given.external_key}" if given.external_key else None)
    case = _case(given, decision, now)
    values = case | _report(given, token, now, case["place"]) | _history(given, case, decision, token, now, actor)
    values |= {"district": book.settings["district_code"], "day": now.astimezone(clock.ZONE).date()}
    values |= _clock(decision) | _pictures(given, actor, now) | {"change": _change(given), "urgent": given.urgent}
    if key is None:
        row = raw.run(PLAIN, values)
    else:
        digest = hashlib.sha256(_content(given)).digest()
        row = raw.run(KEYED, values | {"key": key[:80], "digest": digest})
        if row is None:
            return _first_answer(key[:80], digest)
    assert row is not None
    return Submitted(row[0], row[1], token, again=False)


SAID: Final = (
    "channel", "kind", "words", "contact", "share_contact", "external_key", "reply_channel", "language", "deadline",
)  # fmt: skip
SAID_OF_PLACE: Final = ("place", "no_place", "lng", "lat", "component", "category", "said_at")


def _content(given: Submission) -> bytes:
    """What the sender gave: areas, windows, transport and whoever took it down are ours, and may differ when he sends again."""
    said: dict[str, Any] = {name: getattr(given, name) for name in SAID}
    said["pictures"] = [p["sha256"] for p in given.pictures]
    said |= given.asked if given.asked is not None else {name: getattr(given, name) for name in SAID_OF_PLACE}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _first_answer(key: str, digest: bytes) -> Submitted:
    from xiucheng.cases.models import Deed, Report

    deed = Deed.objects.get(key=key)
    if bytes(deed.digest) != digest:
        raise Refused("key_reused")
    assert deed.case_id is not None
    report = Report.objects.select_related("case").filter(case_id=deed.case_id).order_by("id")[0]
    return Submitted(report.case_id, report.case.number, report.token, again=True)


def _case(given: Submission, decision: Decision, now: dt.datetime) -> dict[str, Any]:
    summary = mask(" ".join(legible(given.words).split()))[:SUMMARY]
    return {
        "state": decision.to,
        "kind": given.kind,
        "source": given.source,
        "channel": given.channel,
        "category": given.category,
        "summary": summary,
        "place": mask(legible(given.place))[:200],
        "no_place": mask(legible(given.no_place))[:100],
        "lng": given.lng,
        "lat": given.lat,
        **columns.on_map(given.lng, given.lat),
        "street": given.street,
        "community": given.community,
        "cell": given.cell,
        "outside": given.outside,
        "component": given.component,
        "opened_at": now,
        "due_at": decision.clocks[0].due_at,
        "training": given.training,
        "deadline": given.deadline,
    }


def _report(given: Submission, token: str, now: dt.datetime, place: str) -> dict[str, Any]:
    contact = {k: v for k, v in (given.contact or {}).items() if v}
    keys = keys_of(contact, given.reply_channel)
    return {
        "token": token,
        "external_key": given.external_key,
        "said_at": given.said_at or now,
        "now": now,
        "words": vault.seal(given.words),
        "contact": vault.seal(orjson.dumps(contact).decode()) if contact else None,
        "phone_blind": keys.phone,
        "door_blind": keys.door,
        "email_blind": keys.email,
        "raw": vault.seal(given.raw) if given.raw else None,
        "place_said": place,
        "original_point": orjson.dumps(given.original_point).decode() if given.original_point else None,
        "taken_by": given.taken_by,
        "share_contact": given.share_contact,
        "reply_channel": given.reply_channel or ("email" if contact.get("email") else ""),
        "reply_until": given.reply_until,
        "language": given.language,
    }


FIRST: Final = ("kind", "source", "channel", "category", "summary", "place", "no_place", "lng", "lat", "street")
MORE: Final = ("community", "cell", "outside", "component", "opened_at", "due_at", "training", "deadline")


def _history(
    given: Submission, case: dict[str, Any], decision: Decision, token: str, now: dt.datetime, actor: Actor
) -> dict[str, Any]:
    kept = (name for name in (*FIRST, *MORE) if case[name] not in (None, "", False))
    after = {columns.column(name): chain.plain(case[name]) for name in kept}
    after["state"] = decision.to
    content = {
        "seq": 1, "at": chain.plain(now), "act": "submit", "step": "", "actor_kind": actor.kind,
        "actor_key": actor.key, "post": decision.post, "from_state": "", "to_state": decision.to, "before": {},
        "after": after, "words": "", "facts": {"pictures": len(given.pictures)} if given.pictures else {},
    }  # fmt: skip
    return {
        "actor_kind": actor.kind,
        "actor_key": actor.key,
        "post": decision.post,
        "after": orjson.dumps(after).decode(),
        "facts": orjson.dumps(content["facts"]).decode(),
        "hash": chain.digest(chain.genesis(token), content),
    }


def _clock(decision: Decision) -> dict[str, Any]:
    first = decision.clocks[0]
    return {
        "clock_kind": first.kind,
        "clock_clock": first.clock,
        "clock_limit": first.limit,
        "clock_due": first.due_at,
        "clock_provisional": first.provisional,
    }


def _pictures(given: Submission, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    by = f"{actor.kind}:{actor.key}"[:40]
    rows = [{**picture, "by": by, "at": chain.plain(now)} for picture in given.pictures]
    return {"pictures": orjson.dumps(rows, default=chain.plain).decode()}


def _change(given: Submission) -> str:
    facts = {"act": "submit", "to": "to_register", "street": given.street, "channel": given.channel}
    if given.category:
        facts["category"] = given.category
    if given.training:
        facts["training"] = "1"
    return orjson.dumps(facts).decode()


_INSERTS: Final = """
the_case AS (
  INSERT INTO cases_case (id, number, state, version, kind, source, channel, category_id, helpers, team, summary,
    place, no_place, lng, lat, x, y, street, community, cell, outside, component, urgency, flags, opened_at, due_at,
    deadline, overdue, excused, appealed, returns, returned, reworks, extensions, suspensions, prior_state, level, answer,
    public, by_system, training, imported, history_hash)
  SELECT ids.id, next_case_number(%(district)s, %(day)s), %(state)s, 1, %(kind)s, %(source)s, %(channel)s,
    %(category)s, '[]', '', %(summary)s, %(place)s, %(no_place)s, %(lng)s, %(lat)s, %(x)s, %(y)s, %(street)s,
    %(community)s, %(cell)s, %(outside)s, %(component)s, 0, '[]', %(opened_at)s, %(due_at)s,
    %(deadline)s::timestamptz, false, false, false, 0,
    false, 0, 0, 0, '', 0, '', 'hidden', false, %(training)s, false, %(hash)s
  FROM ids {gate}
  RETURNING id, number
), the_report AS (
  INSERT INTO cases_report (case_id, token, channel, external_key, kind, said_at, received_at, words_sealed,
    contact_sealed, phone_blind, door_blind, email_blind, raw_sealed, place, original_point, taken_by, share_contact, reply_channel,
    reply_until, language, public_words, public)
  SELECT id, %(token)s, %(channel)s, %(external_key)s, %(kind)s, %(said_at)s, %(now)s, %(words)s, %(contact)s,
    %(phone_blind)s, %(door_blind)s, %(email_blind)s, %(raw)s, %(place_said)s, %(original_point)s::jsonb, %(taken_by)s, %(share_contact)s,
    %(reply_channel)s, %(reply_until)s, %(language)s, '', 'hidden'
  FROM the_case RETURNING id, case_id
), the_pictures AS (
  INSERT INTO cases_picture (sha256, original_sha256, case_id, report_id, stage, width, height, taken_at, lng, lat,
    by, at, public)
  SELECT p.sha256, p.original_sha256, r.case_id, r.id, 'report', p.width, p.height, p.taken_at, p.lng, p.lat, p.by,
    p.at, 'hidden'
  FROM the_report r, jsonb_to_recordset(%(pictures)s::jsonb) AS p (sha256 text, original_sha256 text, width int,
    height int, taken_at timestamptz, lng float8, lat float8, by text, at timestamptz)
), the_history AS (
  INSERT INTO case_history (case_id, seq, at, act, actor_kind, actor_key, post, to_state, after, facts, hash)
  SELECT id, 1, %(now)s, 'submit', %(actor_kind)s, %(actor_key)s, %(post)s, %(state)s, %(after)s::jsonb,
    %(facts)s::jsonb, %(hash)s
  FROM the_case
), the_clock AS (
  INSERT INTO cases_clock (case_id, kind, clock, "limit", used, started_at, running_since, due_at, provisional, outcome)
  SELECT id, %(clock_kind)s, %(clock_clock)s, %(clock_limit)s, 0, %(now)s, %(now)s, %(clock_due)s,
    %(clock_provisional)s, ''
  FROM the_case
), the_errand AS (
  INSERT INTO cases_errand (case_id, kind, due_at, attempts, error, urgent)
  SELECT id, 'triage', %(now)s, 0, '', %(urgent)s FROM the_case
), the_change AS (
  INSERT INTO cases_change (case_id, at, facts) SELECT id, %(now)s, %(change)s::jsonb FROM the_case
)
SELECT id, number FROM the_case
"""
_IDS: Final = "WITH ids AS (SELECT nextval('cases_case_id_seq') AS id),"
_DEED: Final = """ deed AS (
  INSERT INTO cases_deed (key, digest, case_id, answer, at) SELECT %(key)s, %(digest)s, id, '{}', %(now)s FROM ids
  ON CONFLICT DO NOTHING RETURNING key
),"""
PLAIN: Final = _IDS + _INSERTS.replace("{gate}", "")
KEYED: Final = _IDS + _DEED + _INSERTS.replace("{gate}", "CROSS JOIN deed")
