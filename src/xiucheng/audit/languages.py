"""Two languages in the registers (两种语言): what a form says to its reader, and words that stay Chinese for whoever reads."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, override

from xiucheng.rules.refusals import Pair, Refused


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def listed(words: Iterable[Any]) -> str:
    """`甲、乙`, `A, B`."""
    return (", " if english() else "、").join(str(word) for word in words)


def said(refusal: Refused) -> ValidationError:
    """A refusal as a form shows it."""
    return ValidationError(refusal.en if english() else refusal.zh, code=refusal.code)


def both(text: Any) -> Pair:
    """A word of a register as a refusal says it, whoever reads it."""
    with override("zh-hans"):
        zh = str(text)
    with override("en"):
        return Pair(zh, str(text))


def in_chinese(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Stored values and their Chinese words, for sheets and files."""
    with override("zh-hans"):
        return {str(value): str(word) for value, word in choices}
