"""The talk (对话): what is it, is there a picture, where is it, thanks; in any order, or all in one message. Pure.

A talk goes on from what it knows, not from where it stands: whatever arrives is put where it belongs, and the next question is for
what is still missing. A problem that says its place is taken in at once.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

ADDS_FOR: Final = dt.timedelta(minutes=30)
SEEN_MOST: Final = 20
PICTURES_MOST: Final = 9
WORDS_MOST: Final = 10_000
CODE_LENGTH: Final = 16


def _is(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(words)})[\s。.!！~～]*", re.IGNORECASE)


PROGRESS: Final = re.compile(
    r"(?:查?进度|查询(?:进度|码)?|办理进度|办到哪了?|progress|status)[\s:：]*(.*)", re.IGNORECASE | re.DOTALL
)
URGE: Final = re.compile(r"(?:催办?|催一?下|催一催|urge)[\s:：]*([0-9A-Za-z\s-]*)[。!！]*", re.IGNORECASE)
ADD: Final = re.compile(r"补充[\s:：,，]*(.+)", re.DOTALL)
CANCEL: Final = _is("取消", "重来", "算了", "cancel")
FINISH: Final = _is("没了", "没有了", "就这些", "提交", "完成", "发完了", "说完了", "done")
HELP: Final = _is("帮助", "怎么用", "你好", "您好", "在吗", "反映问题", "help", "hello", "hi", r"\?", "？")
POLITE: Final = _is("(?:谢谢|感谢|多谢).{0,4}", "好的?", "收到", "嗯+", "哦+", "知道了", "ok", "thanks?", "thank you")
NO: Final = _is("没有?(?:照片|图片)?", "无", "跳过", "不用", "no", "none", "skip")
UNCLEAR: Final = _is("说不清楚?", "不清楚", "不知道", "不晓得", "没有地址", "i don'?t know", "unknown")
_CJK: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2,}")
_NOT_IN_CODE: Final = re.compile(r"[\s-]")
_CODE: Final = re.compile(r"[2-9A-HJKMNP-Z]{16}")


@dataclass(frozen=True, slots=True)
class Said:
    """One message: words (also a voice's), a voice or video to be listened to, a stored picture, a place in GCJ-02 degrees with its label."""

    words: str = ""
    clip: str = ""
    picture: dict[str, Any] | None = None
    point: tuple[float, float] | None = None
    label: str = ""


@dataclass(slots=True)
class Talk:
    """What is known so far; `token` is the last report of this talk, `seen` what was already heard and what became of it."""

    person: str = ""
    words: list[str] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    point: list[float] | None = None
    place: str = ""
    no_place: str = ""
    asked: str = ""
    asked_picture: bool = False
    english: bool = False
    said_at: str = ""
    until: str = ""
    token: str = ""
    done_at: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)

    @property
    def open(self) -> bool:
        """Whether something was said that is no report yet."""
        return bool(self.words or self.pictures or self.point or self.place)

    def clear(self) -> None:
        """A new matter may begin."""
        self.words, self.pictures, self.point, self.place, self.no_place = [], [], None, "", ""
        self.asked, self.asked_picture, self.said_at = "", False, ""

    def heard(self, once: str, report: str) -> None:
        """Remember what became of a message, in case it is worked off twice."""
        self.seen = dict([*self.seen.items(), (once, report)][-SEEN_MOST:])


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do (`make`, `add`, `progress`, `urge` or nothing) and which sentence to say; `code` and `words` belong to it."""

    say: str = ""
    do: str = ""
    code: str = ""
    words: str = ""


def code_in(text: str) -> str:
    """A tracking code, however it was typed; empty if it is none."""
    plain = _NOT_IN_CODE.sub("", text).upper()
    return plain if _CODE.fullmatch(plain) else ""


def hear(talk: Talk, said: Said, places: Callable[[str], str], now: dt.datetime) -> Reply:
    """What follows from one message; `places` finds the place that words name."""
    words = said.words.strip()
    if words and (ordered := _order(talk, words)):
        return ordered
    fresh = bool(talk.token and talk.done_at) and now - dt.datetime.fromisoformat(talk.done_at) < ADDS_FOR
    if not talk.open and fresh and (not words or talk.asked == "where"):
        talk.asked = ""
        return Reply(do="add", code=talk.token, words=f"位置：{words}" if words else said.clip or _written(said))
    if said.picture and len(talk.pictures) >= PICTURES_MOST:
        return Reply("too_many_pictures")
    _put(talk, said, words, places)
    if sum(map(len, talk.words)) > WORDS_MOST:
        return Reply(do="make")
    return _next(talk, said, places)


def _written(said: Said) -> str:
    """A pin in words, for a report that is written already."""
    return f"位置：{said.label}（{said.point[0]:.6f}，{said.point[1]:.6f}，GCJ-02）" if said.point else ""


def _order(talk: Talk, words: str) -> Reply | None:
    """Words that ask for something rather than tell something."""
    if asked := _asks(words):
        return asked
    if talk.open:
        return _about_draft(talk, words)
    if talk.token and (hit := ADD.fullmatch(words)):
        return Reply(do="add", code=talk.token, words=hit.group(1).strip())
    if NO.fullmatch(words) or FINISH.fullmatch(words) or UNCLEAR.fullmatch(words):
        talk.asked = ""
        return Reply("polite" if talk.token else "welcome")  # an answer, but nothing was asked
    return Reply("welcome") if HELP.fullmatch(words) else Reply("polite") if POLITE.fullmatch(words) else None


def _asks(words: str) -> Reply | None:
    """How does it go; hurry up; a tracking code."""
    if code := code_in(words):
        return Reply(do="progress", code=code)
    if hit := URGE.fullmatch(words):
        return Reply(do="urge", code=code_in(hit.group(1)))
    if (hit := PROGRESS.fullmatch(words)) and (not hit.group(1) or code_in(hit.group(1))):
        return Reply(do="progress", code=code_in(hit.group(1)))
    return None


def _about_draft(talk: Talk, words: str) -> Reply | None:
    """Drop it; that was all; thanks."""
    if CANCEL.fullmatch(words):
        talk.clear()
        return Reply("dropped")
    if (talk.words or talk.pictures) and FINISH.fullmatch(words):
        return Reply(do="make")
    return Reply() if POLITE.fullmatch(words) else None


def _put(talk: Talk, said: Said, words: str, places: Callable[[str], str]) -> None:
    """Everything where it belongs."""
    if not talk.open:
        talk.english = bool(words) and not _CJK.search(words) and len(_LATIN.findall(words)) > 1
    if said.picture:
        talk.pictures.append(said.picture)
    if said.point:
        talk.point, talk.place = list(said.point), said.label or talk.place
    if said.clip:
        talk.words.append(said.clip)
    if not words:
        return
    if NO.fullmatch(words) and (talk.asked == "picture" or not talk.words):
        return
    if talk.asked == "where" and (UNCLEAR.fullmatch(words) or NO.fullmatch(words)):
        talk.no_place = "反映人说不清地点"
    elif _is_place(talk, words, places):
        talk.place = words[:200]
    else:
        talk.words.append(words)


def _is_place(talk: Talk, words: str, places: Callable[[str], str]) -> bool:
    """Words that say where and nothing else: asked for, instead of a picture, or a bare address at the beginning."""
    if talk.asked == "where":
        return True
    if talk.place or not (named := places(words)):
        return False
    return talk.asked == "picture" if talk.words else words.rstrip("。.!！") == named


def _next(talk: Talk, said: Said, places: Callable[[str], str]) -> Reply:
    """The next question, or none."""
    located = talk.point or talk.place or talk.no_place or any(places(w) for w in talk.words)
    located = located or any(p.get("lng") is not None for p in talk.pictures)
    if not talk.words:
        return _ask(talk, said, "what")
    if located:
        return Reply(do="make")
    if not talk.pictures and not talk.asked_picture:
        talk.asked_picture = True
        return _ask(talk, said, "picture")
    return _ask(talk, said, "where")


def _ask(talk: Talk, said: Said, question: str) -> Reply:
    """A picture more of a series does not bring the same question again."""
    again = talk.asked == question and said.picture is not None
    talk.asked = question
    return Reply() if again else Reply(question)
