"""How much each sign of "the same problem" counts (并案权重), learned from what operators decided about proposed twins.

A merge by a person is a yes; "not the same" (不是同一个), filing a case beside a proposed twin, or taking a merge apart, is a no. Logistic weights are taken
only if they judge held-back decisions better than the hand-made formula; nothing learned lets a case be merged by itself.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.db import connection

from xiucheng.city import clock
from xiucheng.triage.models import NotSame, TwinWeights

SIGNS: Final = ("close", "recent", "matter", "alike", "reporter", "picture")
DAYS: Final = 30
ALIKE: Final = 0.6
MOST: Final = 0.95
"""What is merely alike is never surer than this; only the same person or the same picture is (`similar`)."""
ENOUGH: Final = 40
EACH: Final = 8
HELD_BACK: Final = 4
NEWEST: Final = 20_000

_DECIDED: Final = """
SELECT p.case_id, p.category_id, p.similar, c.state,
  (SELECT h.facts ->> 'main' FROM case_history h WHERE h.case_id = p.case_id AND h.act = 'merge' AND h.actor_kind = 'account'
   ORDER BY h.seq DESC LIMIT 1),
  EXISTS (SELECT 1 FROM case_history h WHERE h.case_id = p.case_id AND h.act = 'unmerge'),
  EXISTS (SELECT 1 FROM case_history h WHERE h.case_id = p.case_id AND h.act = 'file' AND h.actor_kind = 'account'),
  ARRAY(SELECT n.other_id FROM triage_notsame n WHERE n.case_id = p.case_id
        UNION SELECT n.case_id FROM triage_notsame n WHERE n.other_id = p.case_id)
FROM triage_proposal p JOIN cases_case c ON c.id = p.case_id
WHERE p.similar <> '[]'::jsonb AND NOT c.training ORDER BY p.case_id DESC LIMIT %s
"""

_DENIED: Final = """
WITH kin AS (
  SELECT a.of, f.id FROM unnest(array_append(%(others)s::bigint[], %(id)s::bigint)) AS a(of)
  JOIN cases_case c ON c.id = a.of
  JOIN cases_case f ON f.id = coalesce(c.main_case_id, c.id) OR f.main_case_id = coalesce(c.main_case_id, c.id))
SELECT DISTINCT k.of FROM kin own JOIN kin k ON k.of <> own.of AND k.id <> own.id WHERE own.of = %(id)s AND (
  EXISTS (SELECT 1 FROM triage_notsame n WHERE n.case_id = own.id AND n.other_id = k.id)
  OR EXISTS (SELECT 1 FROM triage_notsame n WHERE n.case_id = k.id AND n.other_id = own.id)
  OR EXISTS (SELECT 1 FROM case_history h WHERE h.act = 'unmerge'
             AND (h.case_id = own.id AND h.before ->> 'main_case_id' = k.id::text
                  OR h.case_id = k.id AND h.before ->> 'main_case_id' = own.id::text)))
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """One pair that a person decided about: its signs, and whether they were the same."""

    case: int
    signs: tuple[float, ...]
    same: bool


def signs(facts: Mapping[str, Any], category: str) -> tuple[float, ...]:
    """The signs of a pair, each 0–1, from what the proposal keeps of it. Pure."""
    other = str(facts.get("category") or "")
    metres = facts.get("metres")
    return (
        0.55 if metres is None else max(0.0, 1.0 - float(metres) / 250.0),
        max(0.4, 1.0 - float(facts["hours"]) / (24 * DAYS)),
        1.0 if category and category == other else 0.75 if not other or category[:3] == other[:3] else 0.35,
        min(1.0, float(facts["likeness"]) / ALIKE),
        float(bool(facts.get("same_reporter"))),
        float(bool(facts.get("same_picture") or facts.get("like_picture"))),
    )


def by_hand(found: Sequence[float]) -> float:
    """How sure before anything was learned. Pure."""
    close, recent, matter, alike, _, picture = found
    sure = close * recent * matter * (0.6 + 0.4 * alike)
    return min(MOST, max(sure, 0.9 * close * recent) if picture else sure)


def by_weights(found: Sequence[float], weights: Sequence[float]) -> float:
    """How sure by learned weights, the last of which stands alone. Pure."""
    total = weights[-1] + sum(value * weight for value, weight in zip(found, weights, strict=False))
    return min(MOST, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total)))))


def sure(found: Sequence[float], weights: Sequence[float] | None) -> float:
    """By weights where there are some, else by hand."""
    return by_weights(found, weights) if weights else by_hand(found)


def deny(case_id: int, other_id: int, by: int) -> None:
    """A person says that these two are not the same (不是同一个): they are never proposed or merged by the platform again."""
    NotSame.objects.get_or_create(case_id=case_id, other_id=other_id, defaults={"by": by, "at": clock.now()})


def denied(case_id: int, others: Iterable[int]) -> frozenset[int]:
    """Those of the others that are not the same problem as this case, because a person said so (不是同一个).

    From either side, by a plain no or by taking a merge apart; a no about one case holds for all that are merged with it.
    """
    asked = sorted({*others} - {case_id})
    if not asked:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_DENIED, {"id": case_id, "others": asked})
        return frozenset(int(row[0]) for row in cursor.fetchall())


def decisions() -> Iterator[Decided]:
    """What people decided, the newest first. A twin that nobody decided about says nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED, [NEWEST])
        rows = cursor.fetchall()
    for case, category, similar, _, main, parted, filed, denied in rows:
        for facts in orjson.loads(similar) if isinstance(similar, str) else similar:
            joined = main is not None and str(facts["case"]) == str(main)
            if joined or filed or parted or int(facts["case"]) in denied:
                yield Decided(int(case), signs(facts, category), joined and not parted)


def fit(decided: Sequence[Decided]) -> tuple[float, ...] | None:
    """Weights that judge held-back decisions better than the formula; none where there are too few or it is not better."""
    yes = sum(one.same for one in decided)
    if len(decided) < ENOUGH or min(yes, len(decided) - yes) < EACH:
        return None
    held = [one for one in decided if one.case % HELD_BACK == 0]
    taught = [one for one in decided if one.case % HELD_BACK]
    if not held or len({one.same for one in taught}) < 2:
        return None
    trial = _weights(taught)
    if _surprise(held, trial) >= _surprise(held, None):
        return None
    return _weights(decided)


def _weights(decided: Sequence[Decided]) -> tuple[float, ...]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=2.0, max_iter=500)
    model.fit([one.signs for one in decided], [one.same for one in decided])
    return (*(round(float(weight), 6) for weight in model.coef_[0]), round(float(model.intercept_[0]), 6))


def _surprise(decided: Sequence[Decided], weights: Sequence[float] | None) -> float:
    chances = ((sure(one.signs, weights), one.same) for one in decided)
    return -sum(math.log(max(1e-6, chance if same else 1.0 - chance)) for chance, same in chances) / len(decided)


def learn() -> bool:
    """Learn anew (夜间); true where new weights were taken."""
    decided = list(decisions())
    found = fit(decided)
    if found is None:
        return False
    TwinWeights.objects.create(at=clock.now(), decisions=len(decided), weights=list(found))
    old = TwinWeights.objects.order_by("-id").values_list("id", flat=True)[5:]
    TwinWeights.objects.filter(id__in=list(old)).delete()
    return True


def current() -> list[float] | None:
    """The newest weights, if any fit the signs that are known now."""
    found = TwinWeights.objects.order_by("-id").values_list("weights", flat=True).first()
    return found if found and len(found) == len(SIGNS) + 1 else None
