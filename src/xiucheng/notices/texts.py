"""What a notice says (通知文字): by act, in plain Chinese or English for residents, in office words for staff.

No notice carries words, names, phones or addresses of anybody, but what is passed on says what it is about, masked; a resident gets the link to his own progress page.
A district's own wording stands in `city.Text` under `notice.<act>`: first line subject, rest text, with the same braces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection

from xiucheng.city.registers import registers
from xiucheng.rules.masking import mask
from xiucheng.rules.workflow.words import STATES, named

Pair = tuple[str, str]

RESIDENT: Final[dict[str, tuple[Pair, Pair]]] = {
    "register": (
        ("您的诉求已收到：{number}", "您反映的问题我们已经收到，编号 {number}，正在安排处理。"),
        ("We have your report: {number}", "Your report has been taken in under number {number} and is being worked on."),
    ),
    "file": (
        ("您的诉求已安排处理：{number}", "您反映的问题（编号 {number}）经查符合处理条件，正在交给负责的单位去办。"),
        ("Your report will be dealt with: {number}", "Your report {number} meets the conditions; the unit responsible is being sent."),
    ),
    "refuse": (
        ("您的诉求不归我们管，归谁管写在里面：{number}", "您反映的问题（编号 {number}）不归我们管。归谁管、怎么联系：{whose}\n{passed}您也可以在 15 天内申请再看一次。"),
        ("Your report belongs to somebody else: {number}", "Your report {number} is not ours to handle. Whose it is and how to reach them: {whose}\n{passed}You may ask us to look again within 15 days."),
    ),
    "passed_on": (
        ("您的诉求已经转告：{number}", "您反映的问题（编号 {number}）不归我们管，我们已经打电话转告。归谁管、怎么联系：{whose}"),
        ("Your report has been passed on: {number}", "Your report {number} is not ours to handle; we have called those whose it is. Whose it is and how to reach them: {whose}"),
    ),
    "decline": (
        ("您的诉求看过了，没有安排处理：{number}", "我们看过您反映的问题（编号 {number}），这次没有安排处理，原因写在进度页上。您可以在 15 天内申请再看一次。"),
        ("We looked at your report: {number}", "We looked at your report {number} and did not take it up; the reason is on its page. You may object within 15 days."),
    ),
    "consider": (
        ("您的建议有单位在研究：{number}", "您的建议（编号 {number}）已经交给牵头单位研究，答复日期写在进度页上。"),
        ("Your suggestion is being considered: {number}", "Your suggestion {number} is with a lead unit; the date of the answer is on its page."),
    ),
    "answer": (
        ("您的诉求有答复了：{number}", "您的诉求（编号 {number}）已经答复，答复写在进度页上。"),
        ("Your report has been answered: {number}", "Your report {number} has been answered; the answer is on its page."),
    ),
    "close": (
        ("您反映的问题办好了：{number}", "您反映的问题（编号 {number}）已经办结，处理前后的照片在进度页上。请您看看办得怎么样，评个分；没解决的，15 天内可以申请重办。"),
        ("The problem you reported is solved: {number}", "The problem {number} has been solved; before and after pictures are on its page. Please rate it. If it is not solved, say so within 15 days."),
    ),
    "reopen": (
        ("您反映的问题重新办理：{number}", "您说没有解决的问题（编号 {number}）已经重新交办。"),
        ("Your report is being handled again: {number}", "Report {number} has been sent out again."),
    ),
    "uphold": (
        ("关于您的重办申请：{number}", "您的重办申请（编号 {number}）经回访核对，维持原来的办理结果，理由写在进度页上。"),
        ("About your dispute: {number}", "After calling back, the result of {number} stands; the reason is on its page."),
    ),
    "suspend.grant": (
        ("您反映的问题要等一段时间：{number}", "您反映的问题（编号 {number}）现在办不了，要等到的日期和原因写在进度页上，到时会自动接着办。"),
        ("Your report has to wait: {number}", "Report {number} cannot be handled now; until when and why is on its page. It goes on by itself."),
    ),
    "merge": (
        ("您反映的问题已有人反映，一起办：{number}", "您反映的问题（编号 {number}）和别人反映的是同一件事，现在一起办，进展照样告诉您。"),
        ("Your report joins another: {number}", "Report {number} is about a problem that is being handled already; you will hear of it all the same."),
    ),
    "unmerge": (
        ("您反映的问题单独办理：{number}", "您反映的问题（编号 {number}）现在单独办理。"),
        ("Your report is handled on its own: {number}", "Report {number} is now handled on its own."),
    ),
    "void": (
        ("您的诉求不再办理：{number}", "您反映的问题（编号 {number}）不再办理，原因写在进度页上。"),
        ("Your report is no longer handled: {number}", "Report {number} is no longer handled; the reason is on its page."),
    ),
}  # fmt: skip
_OTHER: Final[tuple[Pair, Pair]] = (
    ("您的诉求有新进展：{number}", "您反映的问题（编号 {number}）有了新进展，请看进度页。"),
    ("News of your report: {number}", "There is news of your report {number}; see its page."),
)
_PASSED: Final[dict[str, Pair]] = {
    "unit": ("我们已经转告{body}。", "We have passed it on to {body}. "),
    "email": ("我们已经发邮件转告。", "We have passed it on by mail. "),
    "call": ("我们会打电话转告。", "We will call them. "),
}
_FOOT: Final[Pair] = ("进度和回复：{link}", "Progress and answers: {link}")
SIGNED: Final[Pair] = (
    "这封邮件由系统发出，请不要直接回复。",
    "This mail was sent by a machine; please do not answer it.",
)
TODO: Final[dict[str, Pair]] = {
    "refuse": ("不归城管办，转给你们办理。", "Not the centre's to handle; it is passed on to you."),
    "dispatch": ("请签收并处置。", "Please sign and handle it."),
    "transfer": ("请确认。", "Please note."),
    "return": ("请重新派遣。", "Please dispatch it again."),
    "rework": ("核查未通过，请返工。", "The check failed; please rework."),
    "send_verify": ("请到现场核实。", "Please verify on the spot."),
    "send_check": ("请到现场核查。", "Please check on the spot."),
    "assign": ("请处置。", "Please handle it."),
    "urge": ("有人催办，请尽快办理。", "Somebody urges; please hurry."),
    "supervise": ("已督办，请在期限内回复。", "Under supervision; answer in time."),
    "claim": ("请看认领意见。", "See the claim."),
    "dispute": ("反映人申请重办，请审核。", "The reporter disputes it; please review."),
    "object": ("反映人申请复核，请审核。", "The reporter objects; please review."),
    "reopen": ("重办，请签收并处置。", "Reopened; please sign and handle it."),
    "extend.ask": ("申请延期，请审批。", "An extension is asked for."),
    "suspend.ask": ("申请挂账，请审批。", "A suspension is asked for."),
    "appeal.ask": ("申请超期申诉，请审批。", "An appeal is asked for."),
    "extend.agree": ("延期初审同意，请批准。", "An extension awaits your approval."),
    "suspend.agree": ("挂账初审同意，请批准。", "A suspension awaits your approval."),
    "appeal.agree": ("申诉初审同意，请批准。", "An appeal awaits your approval."),
    "consider": ("请牵头研究并按期答复。", "Please consider and answer in time."),
    "supplement": ("反映人有补充。", "The reporter adds something."),
    "flag": ("有紧急或敏感情况，请马上看。", "Urgent or sensitive; please look at once."),
    "soon": ("离截止时间不到半小时。", "Less than half an hour left."),
    "late": ("已过截止时间。", "The deadline has passed."),
    "resume": ("挂账到期，请接着办。", "The suspension is over; go on."),
}
EVENTS: Final[dict[str, Pair]] = {
    "flag": ("特别关注", "special attention"),
    "soon": ("快到时限", "deadline near"),
    "late": ("已过时限", "deadline passed"),
}
"""What a notice tells of when no act wrote it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A notice in words."""

    subject: str
    text: str


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def render(template: str, facts: Mapping[str, Any], recipient_kind: str, channel: str = "email") -> Written:
    """The notice in the recipient's language (`facts["language"]`, Chinese by default); a talk's own words are its text."""
    english = str(facts.get("language") or "").startswith("en")
    if recipient_kind == "talk":
        return Written(str(facts.get("subject") or ""), str(facts.get("text") or ""))
    if recipient_kind == "reporter":
        return _for_resident(template, facts, english, signed=channel == "email")
    return _for_staff(template, facts, english)


def progress_link(token: str) -> str:
    """The address of a resident's own progress page."""
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}/t/{token}/"


def _for_resident(template: str, facts: Mapping[str, Any], english: bool, *, signed: bool) -> Written:
    known = RESIDENT.get(template, _OTHER)[1 if english else 0]
    subject, text = _own_words(template, english) or known
    whose = mask(str(facts.get("whose") or "")) or ("see the page" if english else "请看进度页")
    values = _Facts(facts) | {
        "whose": whose,
        "passed": _passed(facts, english),
        "link": progress_link(str(facts.get("token", ""))),
    }
    body = [text, _FOOT[english], *(("", _centre(english), SIGNED[english]) if signed else ())]
    filled = _Facts(values)
    return Written(subject.format_map(filled), "\n".join(body).format_map(filled))


def _passed(facts: Mapping[str, Any], english: bool) -> str:
    """To whom it was passed on."""
    known = registers().units.get(int(facts.get("body") or 0))
    said = _PASSED.get(str(facts.get("passed") or ""))
    return said[english].format(body=known.name if known else "") if said else ""


def _centre(english: bool) -> str:
    name = registers().settings.get("centre_name_en" if english else "centre_name")
    return (
        str(name or ("The city management centre" if english else "数字化城市管理中心"))
        .replace("{", "")
        .replace("}", "")
    )


def _own_words(template: str, english: bool) -> Pair | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM city_text WHERE key = %s AND language = %s",
            [f"notice.{template}"[:60], "en" if english else "zh-hans"],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    subject, _, text = str(row[0]).partition("\n")
    return subject.strip(), text.strip()


def _for_staff(template: str, facts: Mapping[str, Any], english: bool) -> Written:
    act, _, step = template.partition(".")
    which = 1 if english else 0
    words = EVENTS[act][which] if act in EVENTS else named(act, step, english=english)
    number = str(facts.get("number", ""))
    subject = f"Case {number}: {words}" if english else f"案件 {number}：{words}"
    state = str(facts.get("state", ""))
    now = STATES[state][which] if state in STATES else ""
    todo = TODO.get(template, ("", ""))[which]
    at = (f"Now: {now}." if english else f"现在：{now}。") if now else ""
    about = "\n".join(mask(str(facts[name])) for name in ("summary", "place") if facts.get(name))
    return Written(subject, f"{todo}{' ' if english and todo else ''}{at}" + (f"\n{about}" if about else ""))
