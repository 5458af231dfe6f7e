"""Mail that comes in (来信): looked for, kept, made a report or added to one; what machines wrote is dropped."""

import contextlib
import hashlib
import imaplib
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import transaction

from xiucheng.audit import vault
from xiucheng.cases import pictures
from xiucheng.cases.actions import act
from xiucheng.cases.models import Report
from xiucheng.channels.email import asking, mailbox, plain, reading
from xiucheng.channels.email.reading import Letter
from xiucheng.intake import accounts
from xiucheng.intake.actions import clean, find_report, follow_up, incoming, limit, states, take_in
from xiucheng.intake.actions.follow import WORDS_MOST
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Arrived, Later, Proof, Worked
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

NAME: Final = "email"
LOST: Final = b"X-Xiucheng-Lost: 1\r\n\r\n"
logger = logging.getLogger("xiucheng.channels.email")


class Letters:
    """The way in `email`."""

    name, title = NAME, "电子邮件"

    def work(self, arrived: Arrived) -> Worked:
        """A report of its own, or a supplement when it answers one of ours."""
        if arrived.raw == LOST:
            raise Refused("unreadable_file", why="邮件服务器不给这封邮件，请到邮箱里看")
        letter = reading.read(arrived.raw, arrived.account, smallest_picture=limits(NAME)["smallest_picture"])
        if letter.automatic:
            return Worked()
        with limit.patient():
            return self._take(letter, arrived)

    def _take(self, letter: Letter, arrived: Arrived) -> Worked:
        kept, lost = _pictures(letter)
        report, earlier = _answered(letter.code), _earlier(letter, arrived)
        if report is None:
            return Worked(earlier or _report(letter, kept, lost, arrived))
        words = plain.own_words(letter.text) or ("见照片" if kept else letter.subject)
        form = {"words": _with_notes(words, letter, lost, WORDS_MOST), "pictures": kept}
        try:
            follow_up(report.token, "supplement", form, key=arrived.once, sender=f"email:{letter.sender}")
        except Refused as refused:
            if refused.code != "wrong_state":
                raise
            return Worked(earlier or _report(letter, kept, lost, arrived, after=report.case.number))
        if earlier:
            _join(earlier, report)
        return Worked(report.token)

    def check(self) -> Iterator[Proof]:
        """Ask at the port for mail; sign in at the mailbox, open the folder, count what came in the last days."""
        account = accounts.account(NAME) or {}
        if not account.get("address") or not (account.get("host") or account.get("sink")):
            yield Proof(
                False, "channels.toml 的 [email] 里要有 address，以及 host（收件箱）或 sink（收信端口）",
                "[email] needs address, and host (a mailbox) or sink (a port for mail)",
            )  # fmt: skip
            return
        if account.get("sink"):
            yield from (Proof(*said) for said in asking.prove(str(account["sink"]), str(account["address"])))
        if not account.get("host"):
            return
        try:
            with mailbox.opened(account) as box:
                yield Proof(True, "登录成功，文件夹已打开", "signed in, the folder is open")
                count = len(box.since(None))
                yield Proof(True, f"最近几天有 {count} 封邮件", f"{count} mails of the last days")
        except Later as trouble:
            yield Proof(False, str(trouble), "the mailbox cannot be read")


def look() -> None:
    """Keep every mail that is new, then see whether the port for mail is open. Raises `Later` with a sentence for the page of channels."""
    account = accounts.account(NAME) or {}
    if account.get("host"):
        _look_into(account)
    if account.get("sink") and not asking.listens(str(account["sink"])):
        raise Later(f"收信端口 {account['sink']} 没有应答，对方的邮件服务器会自己再送")


def _look_into(account: Mapping[str, Any]) -> None:
    """A mail stands kept before it is marked as read; one kept twice is one."""
    with mailbox.opened(account) as box:
        known = states.peek(NAME).cursor
        last = known.get("uid") if known.get("validity") == box.validity else None
        for uid in box.since(last):
            _keep(box, uid, str(account.get("address", "")).lower())
            with states.held(NAME) as memory:
                memory.cursor |= {"validity": box.validity, "uid": uid}
            box.seen(uid)


def _keep(box: mailbox.Box, uid: int, address: str) -> None:
    numbers = limits(NAME)
    try:
        size = box.size(uid)
        if size is None:
            return
        big = size > numbers["most_bytes"]
        raw = reading.marked_as_cut(box.fetch(uid, numbers["cut_bytes"])) if big else box.fetch(uid)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # this one mail only: it waits for people, the others go on
        incoming.keep(NAME, f"lost:{box.validity}:{uid}", LOST, account=address)
        return
    if raw:
        keep(raw, reading.key(raw), address)


def keep(raw: bytes, key: str, address: str) -> bool:
    """Keep a mail that came to `address`, whichever way it came; one person's mails are one talk.

    A mail to two of our addresses may come twice: the copy with a code is the answer, also where the one without came first.
    """
    letter = _glance(raw, address)
    words = "" if letter.automatic else f"{letter.subject}\n{plain.own_words(letter.text)}"
    told = {"account": address, "sender": letter.sender, "words": words}
    if incoming.keep(NAME, key, raw, **told):
        return True
    first = incoming.find(NAME, key, account=address) if letter.code else None
    if first is None:
        return False
    before = _glance(vault.unseal_bytes(first.raw_sealed), address)
    if before.code == letter.code:
        return False
    with transaction.atomic():
        fresh = incoming.keep(NAME, _key_of_answer(key, letter), raw, **told)
        if fresh and not before.code and before.says_the_same(letter):
            incoming.give_way(first.pk)
    return fresh


def _key_of_answer(key: str, letter: Letter) -> str:
    return f"{hashlib.sha256(key.encode()).hexdigest()}#{letter.code}"


def _glance(raw: bytes, address: str) -> Letter:
    """Who wrote it and what he says himself. A mail that nobody can read is kept all the same."""
    try:
        return reading.read(raw, address)
    except Exception as fault:
        logger.warning("a mail that cannot be read: %s", type(fault).__name__)
        return Letter()


def _earlier(letter: Letter, arrived: Arrived) -> str:
    """The tracking code of the report that the same mail became when it came without the code; empty if it did not."""
    key = reading.key(arrived.raw)
    if not letter.code or arrived.key != _key_of_answer(key, letter):
        return ""
    first = incoming.find(NAME, key, account=arrived.account)
    if first is None or not first.report:
        return ""
    before = _glance(vault.unseal_bytes(first.raw_sealed), arrived.account)
    return first.report if not before.code and before.says_the_same(letter) else ""


def _join(token: str, answered: Report) -> None:
    """What became a report of its own before the code was seen goes with the case that it is about, where that can still be done."""
    case, main = find_report(token).case, answered.case.main_case or answered.case
    if case.pk != main.pk and case.main_case_id is None:
        with contextlib.suppress(Refused):  # it has gone on or ended meanwhile; people see both
            act(case.pk, "merge", Actor("system", NAME, certainty=1.0), {"main": main.pk})


def _answered(code: str) -> Report | None:
    """The report of a plus-address, if there is one."""
    try:
        return find_report(code) if code else None
    except Refused:
        return None


def _report(letter: Letter, kept: list[dict[str, Any]], lost: int, arrived: Arrived, *, after: str = "") -> str:
    reply = after or letter.subject.lower().startswith(("re:", "re：", "回复", "答复"))
    text = plain.own_words(letter.text) if reply else letter.text
    words = text if letter.subject in text else f"{letter.subject}\n{text}".strip()
    if after:
        words = f"{words}\n〔接编号 {after}〕"
    made = take_in(
        channel=NAME,
        words=_with_notes(words, letter, lost, clean.WORDS_MOST),
        contact=_contact(letter),
        pictures=kept,
        said_at=letter.said_at,
        arrived_at=arrived.received_at,
        reply_channel=NAME,
        sender=f"email:{letter.sender}",
        key=arrived.once,
    )
    return made.token


def _contact(letter: Letter) -> Mapping[str, str]:
    """A sender whose address nobody could answer is written down without it."""
    try:
        clean.contact({"email": letter.sender})
    except Refused:
        return {"name": letter.name[:40]}
    return {"name": letter.name[:40], "email": letter.sender, "reply": letter.sender}


def _pictures(letter: Letter) -> tuple[list[dict[str, Any]], int]:
    """Stored pictures, and how many attachments were not taken."""
    kept: dict[str, dict[str, Any]] = {}
    lost = letter.left_out
    for raw in letter.pictures:
        if len(kept) == clean.PICTURES_MOST:
            lost += 1
            continue
        try:
            picture = pictures.keep(raw).facts()
        except Refused:
            lost += 1
        else:
            kept[picture["sha256"]] = picture
    return list(kept.values()), lost


def _with_notes(words: str, letter: Letter, lost: int, most: int) -> str:
    """What people must know about what was left out, behind the words; those beyond `most` stand in the kept mail."""
    if letter.cut:
        note = "〔邮件太大，只收下了开头，附件没有收下〕"
    else:
        note = f"〔另有 {lost} 个附件没有收下〕" if lost and words else ""
    return f"{words[: most - len(note) - 1]}\n{note}".strip()
