"""Search in Chinese without a dictionary (检索): overlapping pairs of characters, so that words of two characters are found.

Phones are found by their keyed hash, case numbers whole or by their last digits, tracking codes and other systems' numbers whole.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from xiucheng.audit import vault
from xiucheng.cases.actions import raw
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.rules.masking import dialled

_RUN: Final = re.compile(r"[^\W_]+")
_TOKEN: Final = re.compile(r"[2-9A-HJ-NP-Z]{16}")
_FOREIGN: Final = re.compile(r"(?=\w*\d)\w{6,60}")
_BY_FOREIGN: Final = "SELECT case_id FROM cases_report WHERE external_key IN (%s, %s) ORDER BY id LIMIT 50"
_BACK_DAYS: Final = 60
MOST_GRAMS: Final = 4000
MOST_HITS: Final = 5000


def grams(text: str) -> list[str]:
    """`路灯不亮` → `亮 不亮 灯不 路灯` without repetition, sorted: pairs of neighbours, a lone character by itself."""
    found: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
        if len(run) == 1:
            found.add(run)
    return sorted(found)[:MOST_GRAMS]


_INDEX: Final = """
INSERT INTO case_search (case_id, grams) VALUES (%(id)s, array_to_tsvector(%(grams)s::text[]))
ON CONFLICT (case_id) DO UPDATE SET grams = excluded.grams
"""


def index(case_id: int, texts: Iterable[str]) -> None:
    """Write what a case is found by (建索引): words, address, names of its areas, category and unit."""
    raw.run(_INDEX, {"id": case_id, "grams": grams("\n".join(texts))})


def query(text: str) -> str:
    """The words as a tsquery: every pair must be there; a single character finds every pair that begins with it."""
    parts = []
    for gram in grams(text):
        quoted = "'" + gram.replace("\\", "").replace("'", "") + "'"
        parts.append(f"{quoted}:*" if len(gram) == 1 else quoted)
    return " & ".join(parts)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: `ids` when number, phone, code or rare words were found, else `words` as a tsquery."""

    ids: tuple[int, ...] | None = None
    words: str = ""

    def where(self) -> tuple[str, dict[str, Any]]:
        """An SQL condition on `c` with its parameters."""
        if self.ids is not None:
            return "c.id = ANY(%(found)s)", {"found": list(self.ids)}
        if not self.words:
            return "true", {}
        return _EACH, {"grams": self.words}


_EACH: Final = "(SELECT s.grams @@ %(grams)s::tsquery FROM case_search s WHERE s.case_id = c.id)"
"""Common words are looked for case by case, in the order of the list: the page is full long before the end."""


def _words(text: str) -> Wanted:
    """Words that few cases have are looked up at once, whatever else narrows the list."""
    words = query(text)
    if not words:
        return Wanted()
    ids = _ids("SELECT case_hits(%s::tsquery, %s)", [words, MOST_HITS + 1])
    return Wanted(ids=ids) if len(ids) <= MOST_HITS else Wanted(words=words)


def wanted(text: str) -> Wanted:
    """Understand what was typed into the search box."""
    text = unicodedata.normalize("NFKC", text).strip()
    compact = re.sub(r"[\s-]", "", text)
    if _FOREIGN.fullmatch(compact) and (ids := _ids(_BY_FOREIGN, [text, compact])):
        return Wanted(ids=ids)
    compact = re.sub(r"[\s()+-]", "", text)
    if re.fullmatch(r"\d{1,22}", compact):
        ids = by_number(compact)
        if ids or len(compact) > 4:
            return Wanted(ids=tuple(sorted({*ids, *_by_phone(compact)})))
    if _TOKEN.fullmatch(compact.upper()):
        ids = _ids("SELECT case_id FROM cases_report WHERE token = %s", [compact.upper()])
        if ids or any(c.isdigit() for c in compact):
            return Wanted(ids=ids)
    return _words(text)


def _ids(sql: str, params: list[Any]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return tuple(int(row[0]) for row in cursor.fetchall())


def by_number(digits: str) -> tuple[int, ...]:
    """A whole number, one without the district, or the running number of one of the last days."""
    district = str(registers().settings["district_code"])
    if len(digits) >= 14:
        names = [digits, district + digits]
    else:
        days = (clock.today() - dt.timedelta(days=n) for n in range(_BACK_DAYS))
        names = [f"{district}{day:%Y%m%d}{digits.zfill(5)}" for day in days] if len(digits) <= 5 else []
        if 7 <= len(digits) <= 10:
            names += [f"{district}{clock.today().year}{digits}"]
    return _ids("SELECT id FROM cases_case WHERE number = ANY(%s) ORDER BY id DESC LIMIT 50", [names])


def _by_phone(digits: str) -> tuple[int, ...]:
    forms = [vault.blind(form) for form in {digits, dialled(digits)}] if 7 <= len(digits) <= 15 else []
    return _ids("SELECT case_id FROM cases_report WHERE phone_blind = ANY(%s) LIMIT 200", [forms]) if forms else ()
