"""Reports through the API (接口上报): send one in, see how it goes, add to it. Anybody may; the tracking code is the key.

The first of these is the busiest call of the house and goes past all middleware (see `quick`).
"""

import secrets
from typing import Final

from django.http import HttpRequest, HttpResponse

from xiucheng.api import queries, reading, who
from xiucheng.api.answers import answer, json_view
from xiucheng.audit import addresses
from xiucheng.cases import pictures
from xiucheng.city import clock
from xiucheng.intake import actions as intake
from xiucheng.intake.actions import limit
from xiucheng.intake.models import Upload
from xiucheng.pages.signed import picture_url, thumb_url
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

ANYBODY: Final = Actor("resident", via="api")
STAFF_CHANNELS: Final = frozenset({"hotline", "desk", "patrol", "sms", "email", "hook"})


@json_view
def create(request: HttpRequest) -> HttpResponse:
    """Take a report in: 201 with number and tracking code; 200 when the same key had been used for it before."""
    if request.method != "POST":
        raise Refused("not_found")
    given = reading.body(request)
    sender = who.somebody(request)
    actor, channel = ANYBODY, "web"
    if sender is not None:
        actor, channel = sender.actor("api"), reading.text(given, "channel", "web")
        if channel != "web" and channel not in STAFF_CHANNELS:
            raise Refused("bad_choice", field="channel")
    done = intake.take_in(
        channel=channel,
        words=reading.text(given, "words"),
        kind=reading.text(given, "kind", "complaint"),
        actor=actor,
        contact=reading.texts(given, "contact") or None,
        share_contact=reading.flag(given, "share_contact"),
        pictures=reading.pictures(given),
        place=reading.text(given, "place"),
        no_place=reading.text(given, "no_place"),
        point=reading.point(given),
        component=reading.text(given, "component"),
        category=reading.text(given, "category") or None,
        said_at=reading.moment(given, "said_at"),
        language=reading.text(given, "language", "zh-hans"),
        sender=addresses.sender(request) if sender is None else "",
        key=reading.key(request, sender.id if sender is not None else None),
    )
    content = {"number": done.number, "tracking_code": done.token}
    return answer(content, 200 if done.again else 201)


@json_view
def picture(request: HttpRequest) -> HttpResponse:
    """Store one picture: the body is the file itself. Its upload code goes into `pictures` of a report or an act."""
    if request.method != "POST":
        raise Refused("not_found")
    sender = who.somebody(request)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > pictures.MOST_BYTES:
        raise Refused("picture_too_heavy", most=pictures.MOST_BYTES // 1024 // 1024)
    if sender is None:
        limit.count(addresses.sender(request), "picture")
    raw = request.read(int(length))
    if not raw:
        raise Refused("picture_unknown")
    kept = pictures.keep(raw)
    upload = Upload.objects.create(
        token=secrets.token_urlsafe(32), size=len(raw), offset=len(raw), created_at=clock.now(), picture=kept.facts()
    )
    content = {"upload": upload.token, "thumb": thumb_url(kept.sha256), "full": picture_url(kept.sha256)}
    facts = {name: kept.facts()[name] for name in ("width", "height", "taken_at", "lng", "lat")}
    return answer(content | facts, 201)


@json_view
def show(request: HttpRequest, code: str) -> HttpResponse:
    """How a report goes, as far as its owner may see it."""
    if request.method not in {"GET", "HEAD"}:
        raise Refused("not_found")
    return answer(queries.own_report(code))


@json_view
def follow(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """What the reporter does later: supplement, urge, withdraw, verdict, dispute, object."""
    if request.method != "POST":
        raise Refused("not_found")
    given = reading.body(request)
    form = {name: reading.text(given, name) for name in ("words", "rating", "reason") if given.get(name) is not None}
    if "rating" in form and form["rating"] not in set("12345"):
        raise Refused("bad_choice", field="满意度")
    shown = reading.pictures(given)
    extra = {"pictures": shown} if shown else {}
    intake.follow_up(code, act, {**form, **extra}, key=reading.key(request), sender=addresses.sender(request))
    return answer(queries.own_report(code))
