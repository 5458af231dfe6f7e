"""A request comes in (收到上报): checked by the specification, then taken in like any other report, and its number given at once.

The same `client_request_id` (or `Idempotency-Key`) of one key is one report. Without one, the same content of one key on one day
is: a client that heard no answer sends it again. The body is kept with the report, without the key.
"""

import base64
import binascii
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from xiucheng.audit import vault
from xiucheng.cases import pictures
from xiucheng.cases.actions import Submitted
from xiucheng.channels.open311 import faults, keys, services
from xiucheng.channels.open311.asked import Asked
from xiucheng.channels.open311.faults import Fault, Faults
from xiucheng.city import clock
from xiucheng.city.models import Category
from xiucheng.intake.actions import Point, incoming, take_in
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

CHANNEL: Final = "open311"
RAW_MOST: Final = 150_000
_DATA: Final = "data:image/"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: a point, words, or the code of a component."""

    point: Point | None
    words: str
    component: str


def create(asked: Asked, account: Mapping[str, Any], again: str = "") -> dict[str, Any]:
    """Take the request in; gives the answer's `request`. Raises `Fault`, `Faults` or `Refused`."""
    key = keys.spend(asked.one("api_key"))
    code = asked.one("service_code")
    if not code:
        raise faults.missing("service_code")
    category = services.find(code)
    questions = services.attributes(category, account)
    answers, wrong = services.answered(questions, asked.attributes())
    place = _place(asked, answers, wrong)
    description = asked.one("description")
    most = limits(CHANNEL)["description_most"]
    if len(description) > most:
        wrong.append(faults.wrong("description", f"最多 {most} 字", f"it may have {most} characters at most"))
    if wrong:
        raise Faults(wrong)
    shown, links = _media(asked)
    words = [description or category.name, *services.in_words(questions, answers)]
    words += [f"【附件链接】{link}" for link in links]
    done = _take_in(asked, category, place, "\n".join(words), shown, _once(asked, key, again), again)
    unasked = sorted(set(asked.attributes()) - {q.code for q in questions})
    return {**_number(done, account), "service_notice": _notice(unasked), "account_id": asked.one("account_id") or None}


def _take_in(
    asked: Asked,
    category: Category,
    place: Place,
    words: str,
    shown: Sequence[Mapping[str, Any]],
    once: str,
    again: str,
) -> tuple[Submitted, str]:
    raw = urlencode([(name, v) for name, found in asked.values.items() if name != "api_key" for v in found])
    done = take_in(
        channel=CHANNEL,
        words=words,
        actor=Actor("resident", via=CHANNEL, training=asked.training),
        contact={"name": _name(asked), "phone": asked.one("phone"), "email": asked.one("email")},
        pictures=shown,
        place=place.words,
        point=place.point,
        component=place.component,
        category=category.code,
        external_key=once,
        raw=raw[:RAW_MOST],
    )
    if not done.again:
        incoming.note(CHANNEL, once, raw.encode(), report=done.token, account=once.partition(":")[0])
    return done, once


def _number(done: tuple[Submitted, str], account: Mapping[str, Any]) -> dict[str, Any]:
    submitted, once = done
    if services.kind(account) == "batch":
        return {"token": token(once)}
    return {"service_request_id": submitted.number}


def token(once: str) -> str:
    """The token of a report: nobody can guess it who did not make the report."""
    return once.replace(":", "-")


def once_of(token: str) -> str:
    """The report's external key again."""
    return token.replace("-", ":")


def _once(asked: Asked, key: int, again: str) -> str:
    """The key under which a report exists once."""
    said = asked.one("client_request_id") or again
    if not said:
        hashed = [hashlib.sha256(file.read()).hexdigest() for file in asked.files]
        content = sorted((n, v) for n, v in asked.values.items() if n != "api_key")
        said = f"{clock.today()}{content}{hashed}"
    return f"{key}:{vault.blind(f'{CHANNEL}:{asked.training}:{said}').hex()}"


def _name(asked: Asked) -> str:
    """Chinese names are family name first and without a blank; either part may be empty."""
    first, last = asked.one("first_name"), asked.one("last_name")
    return f"{first} {last}".strip() if f"{first}{last}".isascii() else f"{last}{first}"


def _place(asked: Asked, answers: Mapping[str, list[str]], wrong: list[Fault]) -> Place:
    """One of point, address and code must be there; half a point is a mistake."""
    component = (answers.get(services.COMPONENT) or [""])[0]
    words, code = asked.one("address_string"), asked.one("address_id")
    given = {name: asked.one(name) for name in ("lat", "long")}
    point = None
    if all(given.values()):
        point = _point(given, wrong)
    elif any(given.values()):
        wrong.append(faults.missing("lat" if not given["lat"] else "long"))
    elif not (words or code):
        wrong.append(
            Fault(400, "缺少地点：lat 和 long、address_string 或 address_id。", "There is no location: lat and long, address_string or address_id.")
        )  # fmt: skip
    return Place(point, words, component or code)


def _point(given: Mapping[str, str], wrong: list[Fault]) -> Point | None:
    try:
        lat, lng = float(given["lat"]), float(given["long"])
        real = math.isfinite(lat) and math.isfinite(lng) and abs(lat) <= 90 and abs(lng) <= 180 and (lat or lng)
    except ValueError:
        real = False
    if not real:
        wrong.append(faults.wrong("lat, long", "要是 WGS84 经纬度", "they must be WGS84 degrees"))
        return None
    return Point(lng, lat, by=CHANNEL)


def _media(asked: Asked) -> tuple[list[dict[str, Any]], list[str]]:
    """Pictures sent along are kept; a link is given to the operator as it is, and nobody here goes there."""
    links = asked.values.get("media_url", [])
    within = [link for link in links if link.lower().startswith(_DATA)]
    most = limits(CHANNEL)["pictures_most"]
    if len(asked.files) + len(within) > most:
        raise Refused("too_many_pictures", most=most)
    found = []
    for file in asked.files:
        if (file.size or 0) > pictures.MOST_BYTES:
            raise Refused("picture_too_heavy", most=pictures.MOST_BYTES // 1024 // 1024)
        found.append(pictures.keep(file.read()).facts())
        file.seek(0)  # what it is hashed by is read again
    found += [pictures.keep(_decoded(link)).facts() for link in within]
    return found, [link[:500] for link in links if link not in within][:most]


def _decoded(link: str) -> bytes:
    head, _, content = link.partition(",")
    try:
        return base64.b64decode(content, validate=True) if head.endswith(";base64") else b""
    except (binascii.Error, ValueError):
        raise Refused("picture_broken") from None


def _notice(unasked: Sequence[str]) -> str | None:
    if not unasked:
        return None
    return f"没有用到的属性：{'、'.join(unasked)[:200]}。 These attributes were not asked for and not used."
