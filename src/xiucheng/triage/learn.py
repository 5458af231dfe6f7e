"""Learn from what people decided (学习): corrections kept, the model trained anew at night and taken only if it is not worse.

The worker trains in a process of its own (`learn_apart`), so that it stays small.
"""

import datetime as dt
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import connection, transaction

from xiucheng.city import clock
from xiucheng.city.models import Category, Example, Standard, Word
from xiucheng.triage import models, places, same, whose
from xiucheng.triage.elsewhere import SENTENCES
from xiucheng.triage.gazetteer import gazetteer
from xiucheng.triage.lessons import Lesson
from xiucheng.triage.model import NOT_OURS, Model, load
from xiucheng.triage.train import study

MOST_CASES: Final = 6000
HELD_BACK: Final = 5
ENOUGH: Final = 20
KEEP: Final = 5
WORSE: Final = 0.01
MINUTES: Final = 20
CURSOR: Final = "lessons"
logger = logging.getLogger("xiucheng.triage")

_DECIDED: Final = """
SELECT c.id, c.summary, c.place, c.category_id, c.state FROM cases_case c
WHERE c.training = false AND c.imported = false AND c.summary <> ''
  AND ((c.category_id IS NOT NULL AND length(c.category_id) = 5 AND c.filed_at IS NOT NULL AND c.by_system = false)
    OR (c.state = 'refused')
    OR c.id IN (SELECT case_id FROM triage_correction WHERE field = 'category'))
ORDER BY c.id DESC LIMIT %s
"""
_CORRECTIONS: Final = """
WITH decided AS (
  SELECT h.id, h.case_id, h.at, h.act, h.after FROM case_history h
  WHERE h.id > %(last)s AND h.act IN ('register', 'file', 'dispatch', 'transfer', 'refuse') AND h.actor_kind = 'account'
  ORDER BY h.id LIMIT 5000
), said AS (
  SELECT d.case_id, d.at, p.category_id AS proposed, d.after ->> 'category_id' AS chosen, 'category' AS field
  FROM decided d JOIN triage_proposal p ON p.case_id = d.case_id WHERE d.act IN ('register', 'file')
  UNION ALL
  SELECT d.case_id, d.at, p.standard_id::text, d.after ->> 'standard_id', 'standard'
  FROM decided d JOIN triage_proposal p ON p.case_id = d.case_id WHERE d.act = 'file'
  UNION ALL
  SELECT d.case_id, d.at, p.unit_id::text, d.after ->> 'unit_id', 'unit'
  FROM decided d JOIN triage_proposal p ON p.case_id = d.case_id WHERE d.act IN ('dispatch', 'transfer')
  UNION ALL
  SELECT d.case_id, d.at, p.category_id, '-', 'category'
  FROM decided d JOIN triage_proposal p ON p.case_id = d.case_id WHERE d.act = 'refuse' AND p.category_id <> ''
), kept AS (
  INSERT INTO triage_correction (case_id, field, proposed, chosen, at)
  SELECT case_id, field, left(coalesce(proposed, ''), 40), left(chosen, 40), at FROM said s
  WHERE chosen IS NOT NULL AND chosen <> coalesce(proposed, '')
    AND NOT EXISTS (SELECT 1 FROM triage_correction t WHERE t.case_id = s.case_id AND t.field = s.field AND t.chosen = left(s.chosen, 40))
  RETURNING 1
)
SELECT coalesce((SELECT max(id) FROM decided), %(last)s), (SELECT count(*) FROM kept)
"""


def gather_corrections() -> int:
    """Compare what people decided since last time with what was proposed (纠正入册); gives how many differed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO city_generation (name, number) VALUES (%s, 0) ON CONFLICT (name) DO NOTHING", [CURSOR]
        )
        cursor.execute("SELECT number FROM city_generation WHERE name = %s FOR UPDATE", [CURSOR])
        last = cursor.fetchone()[0]
        cursor.execute(_CORRECTIONS, {"last": last})
        seen, kept = cursor.fetchone()
        cursor.execute("UPDATE city_generation SET number = %s WHERE name = %s", [seen, CURSOR])
    return int(kept)


def from_pack() -> Iterator[Lesson]:
    """What the district pack teaches: names, keywords, filing conditions, example sentences; and what is not ours."""
    names = gazetteer()
    for row in Category.objects.filter(active=True, code__regex="^[CE][0-9]{4}$"):
        for name in {row.name, row.plain} - {""}:
            yield Lesson(name, row.code)
        for word in row.keywords:
            yield Lesson(str(word), row.code, 0.5)
    for code, words in Example.objects.values_list("category_id", "words"):
        yield Lesson(names.without_names(words), code, 1.0, judge=True)
    for code, words in Standard.objects.filter(active=True).values_list("category_id", "filing_condition"):
        yield Lesson(words, code, 0.7)
    for words in SENTENCES:
        yield Lesson(words, NOT_OURS, 0.6, judge=True)
    for word in Word.objects.filter(purpose="not_ours").values_list("word", flat=True):
        yield Lesson(word, NOT_OURS, 0.2)


def from_cases() -> list[tuple[int, Lesson]]:
    """What people decided: the newest cases that a person filed, corrected or refused as not ours."""
    names = gazetteer()
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [MOST_CASES])
        rows = cursor.fetchall()
    found = []
    for key, summary, _, category, state in rows:
        code = NOT_OURS if state == "refused" else category
        if code:
            found.append((int(key), Lesson(names.without_names(summary), str(code), 1.0)))
    return found


def learn(name: str | None = None) -> dict[str, Any]:
    """Train a model and take it if it is not worse on held-back cases than the one in use; gives its figures."""
    gather_corrections()
    places.gather(gazetteer().registered())
    whose.gather()
    same.learn()
    pack = list(from_pack())
    if len({lesson.code for lesson in pack}) < 2:
        return {"accepted": False, "why": "nothing to learn from"}
    cases = from_cases()
    held = [lesson for key, lesson in cases if key % HELD_BACK == 0]
    known = {lesson.code for lesson in pack}
    taught = [lesson for key, lesson in cases if key % HELD_BACK and lesson.code in known]
    now = clock.now()
    model, figures = study([*pack, *taught], name or f"linear-{now:%Y%m%d%H%M%S}")
    facts: dict[str, Any] = {**figures, "cases": len(cases), "held_back": len(held)}
    accepted = True
    if len(held) >= ENOUGH and (old := newest()) is not None:
        before = _right(load(old.name, bytes(old.body)), held)
        after = _right(model, held)
        facts |= {"held_before": round(before, 4), "held_after": round(after, 4)}
        accepted = after >= before - WORSE
    _keep(model.name, now, accepted, facts, model.dump())
    return {"name": model.name, "accepted": accepted, **facts}


def _right(model: Model, held: Sequence[Lesson]) -> float:
    hits = sum(model.classes[int(model.reads(lesson.text).argmax())] == lesson.code for lesson in held)
    return float(hits) / len(held)


def newest() -> models.Model | None:
    """The newest accepted model."""
    return models.Model.objects.filter(accepted=True).order_by("-id").first()


def _keep(name: str, now: dt.datetime, accepted: bool, facts: dict[str, Any], body: bytes) -> None:
    with transaction.atomic():
        models.Model.objects.update_or_create(
            name=name, defaults={"trained_at": now, "accepted": accepted, "figures": facts, "body": body}
        )
        old = models.Model.objects.order_by("-id").values_list("id", flat=True)[KEEP:]
        models.Model.objects.filter(id__in=list(old)).exclude(id=getattr(newest(), "id", 0)).delete()


ALONE: Final = "import django; django.setup(); from xiucheng.triage.learn import learn; learn()"
"""What the process of its own does: Django first, then the models that this module needs."""


def learn_apart() -> bool:
    """Train in a process of its own; true when it ended well."""
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")}
    done = subprocess.run(
        [sys.executable, "-c", ALONE], timeout=60 * MINUTES, check=False, stdin=subprocess.DEVNULL, env=known
    )
    return done.returncode == 0
