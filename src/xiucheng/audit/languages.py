"""Two languages in the registers (两种语言): what a form says to its reader, and words that stay Chinese for whoever reads."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, override

from xiucheng.rules.refusals import Refused


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def listed(words: Iterable[Any]) -> str:
    """`甲、乙`, `A, B`."""
    return (", " if english() else "、").join(str(word) for word in words)


def said(refusal: Refused) -> ValidationError:
    """A refusal as a form shows it; what stands in its braces is translated where it is one of our own texts."""
    if not english():
        return ValidationError(refusal.zh, code=refusal.code)
    facts = {name: gettext(fact) if fact and isinstance(fact, str) else fact for name, fact in refusal.facts.items()}
    return ValidationError(Refused(refusal.code, **facts).en, code=refusal.code)


def in_chinese(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Stored values and their Chinese words, for sheets and files."""
    with override("zh-hans"):
        return {str(value): str(word) for value, word in choices}
