"""A report comes in (来件): one call for every channel, checked and put right before the gateway writes it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from xiucheng.cases import actions
from xiucheng.cases.actions import Submission, Submitted
from xiucheng.cases.models import Case
from xiucheng.city import clock, queries
from xiucheng.city.models import Component
from xiucheng.intake.actions import clean, limit
from xiucheng.intake.actions.where import Point, Spot, settle
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import OPEN, Actor
from xiucheng.triage import watch

RESIDENT: Final = Actor("resident")
ME_TOO: Final = Actor("system", "me_too", certainty=1.0)

__all__ = ["Point", "me_too", "take_in"]


def take_in(
    *,
    channel: str,
    words: str = "",
    kind: str = "complaint",
    actor: Actor = RESIDENT,
    contact: Mapping[str, str] | None = None,
    share_contact: bool = False,
    pictures: Sequence[Mapping[str, Any]] = (),
    place: str = "",
    point: Point | None = None,
    no_place: str = "",
    component: str = "",
    category: str | None = None,
    said_at: dt.datetime | None = None,
    arrived_at: dt.datetime | None = None,
    external_key: str | None = None,
    raw: str = "",
    reply_channel: str = "",
    reply_until: dt.datetime | None = None,
    deadline: dt.datetime | None = None,
    language: str = "zh-hans",
    sender: str = "",
    key: str | None = None,
    asked: Mapping[str, Any] | None = None,
) -> Submitted:
    """Take in one report (收下一条诉求), whatever the channel.

    `pictures` are stored ones; `point` degrees in its own datum; a point outside the district is marked, not refused.
    `said_at` is the time as it was given, so that a second sending gives the same; a platform's is believed only as far as it can be (`arrived_at`).
    `sender` is the address whose pace is limited (empty: no limit). `key` or `external_key` makes a second sending of
    the same report give the first answer; `asked` is what the sender gave, if place and category are not his. A `deadline` that another system sets for the case counts instead of ours. An account's training mode makes a training case. Raises `Refused`.
    """
    now = clock.now()
    stored = clean.pictures(pictures)
    owned = _component(component)
    spot = _spot(point, owned, stored)
    given = Submission(
        channel=channel,
        source=clean.source(channel),
        kind=clean.kind(kind),
        words=clean.text(words, "内容", clean.WORDS_MOST),
        contact=clean.contact(contact),
        share_contact=share_contact,
        pictures=stored,
        place=clean.line(place, "地点", clean.PLACE_MOST) or (owned.place if owned else ""),
        no_place=clean.line(no_place, "无地点原因", 100),
        component=owned.code if owned else "",
        category=clean.category(category) or (owned.category_id if owned else None),
        said_at=clean.moment(said_at, now, arrived_at),
        external_key=clean.line(external_key, "外部编号", 80) if external_key else None,
        raw=clean.text(raw, "原始报文", clean.RAW_MOST),
        reply_channel=reply_channel[:12],
        reply_until=reply_until,
        deadline=deadline,
        language=language[:10],
        taken_by=int(actor.key) if actor.kind == "account" and actor.key.isdigit() else None,
        training=actor.training,
        asked=asked if asked is not None else _asked(place, no_place, point, component, category, said_at),
        urgent=watch.dangerous(words),
        **_where(spot),
    )
    if not given.words and not stored:
        raise Refused("no_words")
    limit.count(sender)
    return actions.submit(given, actor, key=_key(given, key))


def _key(given: Submission, key: str | None) -> str | None:
    return f"{given.channel}:{given.external_key}" if given.external_key else key


def _asked(
    place: str, no_place: str, point: Point | None, component: str, category: str | None, said_at: dt.datetime | None
) -> dict[str, Any]:
    """What the sender gave, before component, picture and map filled in the rest."""
    spot = [point.lng, point.lat, point.datum] if point is not None else None
    named = {"place": place.strip(), "no_place": no_place.strip(), "component": component.strip()}
    return {**named, "point": spot, "category": category or None, "said_at": said_at}


def _component(code: str) -> Component | None:
    code = code.strip()
    if not code:
        return None
    found = Component.objects.filter(code=code[:16], active=True).first()
    if found is None:
        raise Refused("bad_choice", field="部件编号")
    return found


def _spot(point: Point | None, owned: Component | None, stored: Sequence[Mapping[str, Any]]) -> Spot | None:
    """The pin first, then the component's place, then what the camera wrote into the picture."""
    if point is not None:
        return settle(point)
    if owned is not None:
        return settle(Point(owned.lng, owned.lat, by="component"))
    for picture in stored:
        if picture.get("lng") is not None and picture.get("lat") is not None:
            return settle(Point(float(picture["lng"]), float(picture["lat"]), by="picture"))
    return None


def _where(spot: Spot | None) -> dict[str, Any]:
    if spot is None:
        return {}
    areas: queries.Place = spot.areas
    return {
        "lng": spot.lng,
        "lat": spot.lat,
        "street": areas.street,
        "community": areas.community,
        "cell": areas.cell,
        "outside": not areas.inside,
        "original_point": spot.original,
    }


def me_too(
    main_case: int,
    *,
    channel: str,
    words: str = "",
    actor: Actor = RESIDENT,
    contact: Mapping[str, str] | None = None,
    share_contact: bool = False,
    pictures: Sequence[Mapping[str, Any]] = (),
    reply_channel: str = "",
    language: str = "zh-hans",
    sender: str = "",
    key: str | None = None,
) -> Submitted:
    """Somebody has the same problem (我也遇到): a report of its own that follows the main case from the start.

    A main case that has itself been merged passes on to its own main case. One that has ended gives an ordinary new
    report at the same place instead.
    """
    with transaction.atomic():
        found = Case.objects.filter(id=main_case).select_related("main_case").first()
        if found is None:
            raise Refused("case_unknown")
        main = found.main_case or found
        made = take_in(
            channel=channel, words=words or "我也遇到同样的问题。", kind=main.kind, actor=actor, contact=contact,
            share_contact=share_contact, pictures=pictures, place=main.place, point=_same_point(main),
            category=main.category_id, reply_channel=reply_channel, language=language, sender=sender, key=key,
            asked={"main": main_case, "kind": ""},
        )  # fmt: skip
        if not made.again and main.state in OPEN and main.training == actor.training:
            actions.act(made.case_id, "merge", ME_TOO, {"main": main.id})
    return made


def _same_point(main: Case) -> Point | None:
    return Point(main.lng, main.lat, by="me_too") if main.lng is not None and main.lat is not None else None
