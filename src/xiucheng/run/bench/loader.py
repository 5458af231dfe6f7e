"""Loads a million cases with their whole history by COPY (大批案件): stamped from model cases, each with a true chain of hashes."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import psycopg
from django.db import connection
from psycopg import sql

from xiucheng.cases.actions import chain
from xiucheng.cases.actions.submit import ALPHABET
from xiucheng.cases.queries.search import grams
from xiucheng.city import clock
from xiucheng.run.bench.patterns import ENDED, OPEN, TABLES, Pattern, Spot, patterns, spots

CHUNK: Final = 2_000
OPEN_SHARE: Final = 0.05
DAYS: Final = 725
LASTS: Final = 9
"""Days that a model case may last at most; an open one began at least so long ago."""
DISTRICT: Final = "500108"
JSON: Final = frozenset({"before", "after", "facts", "helpers", "flags", "ask", "original_point"})
REBUILT_FROM: Final = 50_000
Progress = Callable[[int, int], None]


@dataclass
class _Stamped:
    """A pattern made ready for stamping: where its moments and its place stand."""

    pattern: Pattern
    opened_at: dt.datetime
    grams: frozenset[str]
    moments: list[list[tuple[str, str, dt.datetime]]] = field(default_factory=list)

    @classmethod
    def of(cls, pattern: Pattern) -> "_Stamped":
        made = cls(pattern, pattern.rows["cases_case"][0]["opened_at"], frozenset(grams(pattern.words)))
        for row in pattern.rows["case_history"]:
            found = []
            for part in ("before", "after", "facts"):
                for name, value in row[part].items():
                    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
                        found.append((part, name, dt.datetime.fromisoformat(value)))
            made.moments.append(found)
        return made


class Loader:
    """Stamps and copies; the same seed gives the same cases."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - load, not secrets
        ended, opened = patterns(self.chance)
        self.ended = [_Stamped.of(p) for p in ended]
        self.opened = [_Stamped.of(p) for p in opened]
        self.ended_weights = _weights(self.ended, ENDED)
        self.open_weights = _weights(self.opened, OPEN)
        self.spots = spots(self.chance)
        self.spot_grams = {s.place: frozenset(grams(s.place)) for s in self.spots}
        self.today = clock.now().astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.serial: dict[str, int] = {}
        self.secret = random.Random()  # noqa: S311 - codes only have to differ from one load to the next

    def rows(self, first: int, count: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
        """Cases `first` and following, each as rows by table."""
        for case_id in range(first, first + count):
            opened = self.chance.random() < OPEN_SHARE
            group, weights = (self.opened, self.open_weights) if opened else (self.ended, self.ended_weights)
            yield self.stamp(case_id, self.chance.choices(group, weights)[0])

    def stamp(self, case_id: int, made: _Stamped) -> dict[str, list[dict[str, Any]]]:
        """One copy at another time and place."""
        spot = self.chance.choice(self.spots)
        span = LASTS + self.chance.randrange(8) if made.pattern.end in OPEN else LASTS + self.chance.randrange(DAYS)
        day = self.today - dt.timedelta(days=span)
        moved = made.opened_at.astimezone(clock.ZONE)
        target = day.replace(hour=moved.hour, minute=moved.minute, second=self.chance.randrange(60))
        delta = target - made.opened_at
        token = "".join(self.secret.choices(ALPHABET, k=16))
        rows = {t: [_moved(r, delta) for r in made.pattern.rows[t]] for t in TABLES if t != "case_history"}
        history, digest = self._history(case_id, made, delta, spot, token)
        place = spot.columns()
        number = self._number(day)
        for row in rows["cases_case"]:
            row.update(place, id=case_id, number=number, history_hash=digest)
        for row in rows["cases_report"]:
            row.update(case_id=case_id, token=token, phone_blind=self.secret.randbytes(16), place=spot.place)
            row.pop("id")
        for table in ("cases_clock", "cases_task"):
            for row in rows[table]:
                row["case_id"] = case_id
                row.pop("id")
        words = sorted(made.grams | self.spot_grams[spot.place])
        vector = " ".join(f"'{w}'" for w in words)
        return {**rows, "case_history": history, "case_search": [{"case_id": case_id, "grams": vector}]}

    def _history(
        self, case_id: int, made: _Stamped, delta: dt.timedelta, spot: Spot, token: str
    ) -> tuple[list[dict[str, Any]], bytes]:
        digest = chain.genesis(token)
        found = []
        for row, moments in zip(made.pattern.rows["case_history"], made.moments, strict=True):
            parts = {name: dict(row[name]) for name in ("before", "after", "facts")}
            for part, name, value in moments:
                parts[part][name] = chain.plain(value + delta)
            if row["act"] == "submit":
                parts["after"] = {k: v for k, v in (parts["after"] | spot.told()).items() if v != ""}
            at = row["at"] + delta
            content = {
                "seq": row["seq"], "at": chain.plain(at), "act": row["act"], "step": row["step"],
                "actor_kind": row["actor_kind"], "actor_key": row["actor_key"], "post": row["post"],
                "from_state": row["from_state"], "to_state": row["to_state"], **parts, "words": row["words"],
            }  # fmt: skip
            digest = chain.digest(digest, content)
            found.append({**content, "at": at, "case_id": case_id, "hash": digest})
        return found, digest

    def _number(self, day: dt.datetime) -> str:
        text = f"{day:%Y%m%d}"
        if not self.serial:
            self._known_numbers()
        self.serial[text] = self.serial.get(text, 0) + 1
        return f"{DISTRICT}{text}{self.serial[text]:05d}"

    def _known_numbers(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT substr(number, 7, 8), max(substr(number, 15)::int) FROM cases_case GROUP BY 1")
            self.serial = {"": 0, **dict(cursor.fetchall())}

    def load(self, count: int, progress: Progress | None = None) -> int:
        """Load `count` cases; gives the id of the first."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('cases_case_id_seq')")
            first = int(cursor.fetchone()[0])
            cursor.execute("SELECT setval('cases_case_id_seq', %s)", [first + count])
            cursor.execute(
                "SELECT ensure_month('case_history', (%s::date - make_interval(months => m))::date)"
                " FROM generate_series(0, 26) AS m",
                [self.today.date()],
            )
            cursor.execute("SET session_replication_role = replica")  # the rows are whole; checking each costs minutes
            indexes = _drop_indexes() if count >= REBUILT_FROM else []
            for start in range(0, count, CHUNK):
                self._copy(first + start, min(CHUNK, count - start))
                if progress is not None:
                    progress(min(start + CHUNK, count), count)
            cursor.execute("SET maintenance_work_mem = '256MB'")
            for text in indexes:
                cursor.execute(text)
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("RESET maintenance_work_mem")
            cursor.execute(
                "VACUUM (ANALYZE, PARALLEL 0) cases_case, cases_report, cases_clock, case_history, case_search"
            )
        return first

    def _copy(self, first: int, count: int) -> None:
        gathered: dict[str, list[dict[str, Any]]] = {}
        for case in self.rows(first, count):
            for table, rows in case.items():
                gathered.setdefault(table, []).extend(rows)
        connection.ensure_connection()
        raw: psycopg.Connection[Any] = connection.connection
        for table, rows in gathered.items():
            if rows:
                copy_rows(raw, table, rows)


def copy_rows(raw: "psycopg.Connection[Any]", table: str, rows: list[dict[str, Any]]) -> None:
    """COPY rows of one table; all have the same columns."""
    names = list(rows[0])
    head = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(n) for n in names)
    )
    with raw.cursor() as cursor, cursor.copy(head) as copy:
        for row in rows:
            copy.write_row([_plain(name, row[name]) for name in names])


def _plain(name: str, value: Any) -> Any:
    if name in JSON:
        return None if value is None else orjson.dumps(value).decode()
    return bytes(value) if isinstance(value, memoryview) else value


def _moved(row: dict[str, Any], delta: dt.timedelta) -> dict[str, Any]:
    return {k: v + delta if isinstance(v, dt.datetime) else v for k, v in row.items()}


def _weights(group: list[_Stamped], shares: dict[str, int]) -> list[float]:
    """Each way of ending has its share, spread over its patterns."""
    ends = [made.pattern.end for made in group]
    return [shares[end] / ends.count(end) for end in ends]


def _drop_indexes() -> list[str]:
    """Drop the indexes that no constraint needs; gives the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname = ANY(%s) AND NOT i.indisunique",
            [["cases_case", "cases_report", "cases_clock", "case_search"]],
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)).as_string(None))
    return [text for _, text in found]
