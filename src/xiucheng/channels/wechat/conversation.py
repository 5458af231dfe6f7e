"""A talk goes on (对话): one message is heard, what it asks for is done, the answer is queued; all or nothing."""

import datetime as dt
import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.cases.actions.answerable import prolong
from xiucheng.cases.models import Report
from xiucheng.channels.wechat import mine
from xiucheng.channels.wechat import talk as talks_of
from xiucheng.channels.wechat.account import NAME
from xiucheng.channels.wechat.sentences import SENTENCES, STATES
from xiucheng.channels.wechat.talk import Reply, Said, Talk
from xiucheng.city import clock
from xiucheng.intake.actions import Point, find_report, follow_up, take_in, talks
from xiucheng.intake.numbers import limits
from xiucheng.notices.actions import talk as say
from xiucheng.notices.texts import progress_link
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import OPEN
from xiucheng.triage.gazetteer import gazetteer, somewhere

SHOWN: Final = 3
SILENT: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of one person: `once` is its key, `at` when it was said."""

    account: str
    person: str
    once: str
    at: dt.datetime

    @property
    def until(self) -> dt.datetime:
        """Until when it may be answered freely."""
        return self.at + dt.timedelta(hours=limits(NAME)["window_hours"])


def brief(key: str) -> str:
    """A key short enough for all that is made of it."""
    return f"{NAME}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def place_in(words: str) -> str:
    """The place that words name: one that the district knows, else one that looks like one."""
    found = gazetteer().find(words)
    return found.said if found else somewhere(words)


def hear(heard: Heard, said: Said) -> str:
    """Go on with the talk; gives the tracking code of the report that this message became, if it did."""
    try:
        with talks.held(NAME, heard.account, heard.person) as kept:
            talk = Talk(**kept)
            if heard.once in talk.seen:
                return talk.seen[heard.once]
            talk.person = heard.person
            places = functools.cache(place_in)  # asked for up to three times about the same words
            reply = talks_of.hear(talk, said, places, clock.now())
            token = _carry_out(talk, reply, said, heard, places)
            talk.heard(heard.once, token)
            kept.update(talk.facts())
        prolong(NAME, heard.person, heard.until)  # afterwards: no report is held while a case is waited for
        return token
    except Refused as refused:
        tell(heard, refused.zh, "refused")
        raise


def tell(heard: Heard, text: str, which: str = "") -> None:
    """Say something, once for each message."""
    say(NAME, heard.person, text, key=f"{heard.once}:{which}")


def sentence(talk: Talk, name: str, **facts: Any) -> str:
    """A sentence in the language of the talk."""
    return SENTENCES[name][1 if talk.english else 0].format(**facts)


def _carry_out(talk: Talk, reply: Reply, said: Said, heard: Heard, places: Callable[[str], str]) -> str:
    if talk.open and not talk.said_at:
        talk.said_at = heard.at.isoformat()
    talk.until = heard.until.isoformat()
    if reply.do == "make":
        return make(talk, heard, places)
    if reply.do == "add":
        return _add(talk, reply, said, heard, places)
    if reply.do in {"progress", "urge"}:
        tell(heard, _progress(talk, reply, heard) if reply.do == "progress" else _urge(talk, reply, heard), reply.do)
    elif reply.say:
        tell(heard, sentence(talk, reply.say), reply.say)
    return ""


def make(talk: Talk, heard: Heard, places: Callable[[str], str] = place_in) -> str:
    """The talk becomes a report."""
    point = Point(talk.point[0], talk.point[1], "gcj02", by=NAME) if talk.point else None
    made = take_in(
        channel=NAME, words="\n".join(talk.words), pictures=talk.pictures, place=talk.place, point=point,
        no_place=talk.no_place, said_at=dt.datetime.fromisoformat(talk.said_at) if talk.said_at else heard.at,
        contact={"reply": heard.person}, reply_channel=NAME, reply_until=heard.until, key=heard.once,
        language="en" if talk.english else "zh-hans", sender=f"{NAME}:{heard.person}",
    )  # fmt: skip
    now = clock.now()
    mine.add(heard.account, heard.person, made.token)
    known = point or talk.place or any(places(words) for words in talk.words)
    facts = {"code": grouped(made.token), "link": progress_link(made.token)}
    tell(heard, sentence(talk, "thanks" if known else "thanks_nowhere", **facts), "thanks")
    talk.clear()
    talk.token, talk.done_at, talk.asked = made.token, now.isoformat(), "" if known else "where"
    return made.token


def grouped(token: str) -> str:
    """`ABCD-EFGH-JKMN-PQRS`."""
    return "-".join(token[at : at + 4] for at in range(0, len(token), 4))


def _add(talk: Talk, reply: Reply, said: Said, heard: Heard, places: Callable[[str], str]) -> str:
    """More about what was reported a moment ago; where that is over by now, it is the beginning of something new."""
    pictures = [said.picture] if said.picture else []
    try:
        form = {"words": reply.words or "（补充照片）", "pictures": pictures}
        done = follow_up(reply.code, "supplement", form, key=heard.once)
    except Refused as refused:
        if refused.code not in {"wrong_state", "not_allowed", "case_unknown"}:
            raise
        talk.token = talk.done_at = ""
        anew = talks_of.hear(talk, said, places, clock.now())
        return _carry_out(talk, anew, said, heard, places)
    tell(heard, sentence(talk, "added", number=done.number), "added")
    return ""


def _mine(heard: Heard) -> Iterator[Report]:
    """His reports, the newest first."""
    for token in mine.tokens(heard.account, heard.person):
        yield find_report(token)


def _wanted(reply: Reply, heard: Heard) -> list[Report]:
    return [find_report(reply.code)] if reply.code else list(_mine(heard))


def _progress(talk: Talk, reply: Reply, heard: Heard) -> str:
    try:
        wanted = _wanted(reply, heard)[:SHOWN]
    except Refused:
        return sentence(talk, "code_unknown")
    lines = []
    for report in wanted:
        case = report.case.main_case or report.case
        state = STATES[case.state][1 if talk.english else 0]
        lines.append(
            sentence(talk, "progress", number=report.case.number, state=state, link=progress_link(report.token))
        )
    return "\n\n".join(lines) or sentence(talk, "none_yet")


def _urge(talk: Talk, reply: Reply, heard: Heard) -> str:
    try:
        wanted = _wanted(reply, heard)
    except Refused:
        return sentence(talk, "code_unknown")
    for report in wanted:
        if reply.code or (report.case.main_case or report.case).state in OPEN:
            try:
                done = follow_up(report.token, "urge", {}, key=heard.once, sender=f"{NAME}:{heard.person}")
            except Refused as refused:
                return refused.zh
            return sentence(talk, "urged", number=done.number)
    return sentence(talk, "none_yet")


def finish_silent(account: str) -> int:
    """What was told and then left is taken in as it is (久未回复); gives how many. Nothing that a resident said is lost."""
    count = 0
    for found in talks.idle(NAME, account, clock.now() - SILENT):
        count += finish(account, str(found.get("person") or ""))
    return count


def finish(account: str, person: str) -> int:
    """Take in what this person has told so far, and end the talk."""
    with talks.held(NAME, account, person) as kept:
        talk = Talk(**kept)
        said = talk.said_at or talk.done_at
        over = not said or clock.now() - dt.datetime.fromisoformat(said) > talks_of.ADDS_FOR
        if talk.words or talk.pictures:
            at = dt.datetime.fromisoformat(talk.said_at)
            make(talk, Heard(account, person, brief(f"{person}:{talk.said_at}:silent"), at))
            kept.update(talk.facts())
            return 1
        if over:
            kept.clear()
    return 0
