"""Events of partners become reports (对接事件); what belongs to an event finds it, also when it came first."""

from collections.abc import Iterator
from typing import Any, Final

from xiucheng.cases import pictures
from xiucheng.cases.models import Report
from xiucheng.channels.hook import codec, counts, stages
from xiucheng.channels.hook.channel import hand_over
from xiucheng.channels.hook.hook import contact
from xiucheng.channels.hook.models import Exchanged
from xiucheng.channels.hook.partners import NAME, partners
from xiucheng.city import clock
from xiucheng.intake import door
from xiucheng.intake.actions import Point, follow_up, take_in
from xiucheng.intake.port import Arrived, Later, Proof, Worked
from xiucheng.rules.refusals import Refused

WAIT_SECONDS: Final = 30.0


class Events:
    """The way in `hook`."""

    name, title = NAME, "接口对接"

    def work(self, arrived: Arrived) -> Worked:
        """An event is a report under the partner's number; the rest goes to its event."""
        given = codec.given(door.record(arrived.raw))
        return Worked(_event(given, arrived) if given.type == codec.EVENT else _follow(given, arrived))

    def check(self) -> Iterator[Proof]:
        """A greeting to every partner that has an address."""
        found = [partner for partner in partners().values() if partner.url]
        if not found:
            yield Proof(
                False, "没有一个对接方写了 url，没有可核对的", "no partner has a url; there is nothing to prove"
            )
        for partner in found:
            body = {"type": "ping", "id": f"ping:{int(clock.now().timestamp())}"}
            told = hand_over(partner, body)
            good = told.result == "delivered"
            said = "收到" if good else told.detail
            yield Proof(good, f"{partner.name}：{said}", f"{partner.id}: {'ok' if good else told.detail}")


def look() -> None:
    """Send what is new, then compare counts. Raises `Later` while a count differs."""
    stages.look()
    counts.look()


def _event(given: codec.Given, arrived: Arrived) -> str:
    partner = partners().get(arrived.account)
    name = partner.name if partner else arrived.account
    kept, lost = _kept(given)
    note = f"〔另有 {lost} 张照片打不开〕" if lost else ""
    note += f"〔{name}编号 {given.number}" + (f"，要求 {_when(given)} 前办结〕" if given.due_at else "〕")
    record = given.record
    made = take_in(
        channel=NAME,
        external_key=f"{arrived.account}:{given.number}",
        words=f"{given.words}\n{note}",
        kind=str(record.get("kind") or "complaint"),
        place=door.text(dict(record), "place", 200, needed=False),
        point=None if given.lng is None or given.lat is None else Point(given.lng, given.lat, given.datum),
        category=door.text(dict(record), "category", 20, needed=False) or None,
        said_at=given.said_at,
        contact=contact(given),
        pictures=kept,
    )
    if partner is not None and partner.url:
        Exchanged.objects.get_or_create(
            partner=partner.id, number=given.number,
            defaults={"case_id": made.case_id, "due_at": given.due_at, "received_at": arrived.received_at},
        )  # fmt: skip
    return made.token


def _follow(given: codec.Given, arrived: Arrived) -> str:
    report = Report.objects.filter(channel=NAME, external_key=f"{arrived.account}:{given.number}").first()
    if report is None:
        raise Later(f"对应的事件 {given.number} 还没有到", WAIT_SECONDS)
    form: dict[str, Any] = {"words": given.words} if given.words else {}
    follow_up(report.token, given.type, form, key=arrived.once)
    return report.token


def _when(given: codec.Given) -> str:
    assert given.due_at is not None
    return given.due_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")


def _kept(given: codec.Given) -> tuple[list[dict[str, Any]], int]:
    """Stored pictures, and how many could not be read."""
    kept: list[dict[str, Any]] = []
    for raw in given.pictures:
        try:
            kept.append(pictures.keep(raw).facts())
        except Refused:
            continue
    return kept, len(given.pictures) - len(kept)
