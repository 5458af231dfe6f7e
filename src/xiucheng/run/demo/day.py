"""The day itself (演示一天): residents arrive through the hours, everybody else does what waits for him."""

import contextlib
import datetime as dt
import heapq
import html
import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from xiucheng.run.demo.citizens import Citizens
from xiucheng.run.demo.client import AnswerError, Client
from xiucheng.run.demo.parts import Case, Play, Step
from xiucheng.run.demo.scenes import scene
from xiucheng.run.demo.troupe import Troupe

LOOK_EVERY: Final = 1.0
REVIEW_EVERY: Final = 5.0
REVIEW: Final = re.compile(
    r'action="(/desk/review/(?:words|picture)/\d+/)".*?(?:<textarea[^>]*name="words"[^>]*>(.*?)</textarea>|name="boxes")',
    re.S,
)
SETTLED: Final = frozenset({"suspended"})
CONFLICT: Final = 409


class Day:
    """One day at one address. `speed` is demo seconds per real second; `reports` come in over `hours` of the demo's clock."""

    def __init__(
        self, address: str, password: str, *, now: Callable[[], dt.datetime], speed: float, seed: int, reports: int,
        hours: float,
    ) -> None:  # fmt: skip
        self.dice = random.Random(seed)  # noqa: S311 - a play, not a secret
        self.troupe = Troupe(address, password, self.dice)
        self.play = Play(self.troupe, now)
        self.citizens = Citizens(seed)
        self.speed = speed
        self.reports = reports
        self.seconds = hours * 3600 / speed
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.planned: set[tuple[str, int]] = set()
        self.counts: Counter[str] = Counter()
        self.watched: dict[str, str] = {}

    def at(self, real: float, do: Callable[[], None]) -> None:
        heapq.heappush(self.queue, (real, next(self.order), do))

    def run(self, tell: Callable[[Counter[str], float], None]) -> Counter[str]:
        """Play until the day is over; `tell` hears the counts and the share of the day that has passed."""
        begin = time.monotonic()
        for _ in range(self.reports):
            self.at(begin + self.dice.uniform(0, self.seconds * 0.8), self._arrive)
        self.at(begin + LOOK_EVERY, self._look)
        self.at(begin + REVIEW_EVERY, self._review)
        while (now := time.monotonic()) < begin + self.seconds:
            while self.queue and self.queue[0][0] <= now:
                with contextlib.suppress(OSError):
                    heapq.heappop(self.queue)[2]()
            tell(self.counts, (now - begin) / self.seconds)
            pause = min(self.queue[0][0] - time.monotonic(), 0.5) if self.queue else 0.5
            time.sleep(max(pause, 0.01))
        tell(self.counts, 1.0)
        return self.counts

    def _arrive(self) -> None:
        """A resident sends an order and comes back later to see."""
        order = self.citizens.next()
        person: Client = self.troupe.public
        body = dict(order.body)
        corner = self.dice.randrange(10**9)
        try:
            if order.picture:
                shot = scene(corner, mended=False, about=self.citizens.names.get(order.category, ""))
                body["pictures"] = [person.upload(shot)]
            done = person.post("/api/v1/reports", body)
        except AnswerError as refusal:
            self.counts[f"refused:{refusal.code}"] += 1
            return
        self.counts["reports"] += 1
        self.play.truth[done["number"]] = order.category
        self.play.corners[done["number"]] = corner
        self.watched[done["number"]] = done["tracking_code"]
        if self.dice.random() < 0.05:
            self._later(
                self.dice.uniform(60, 120),
                lambda: self._say(done["tracking_code"], "urge", {"words": "请问有人处理了吗？"}),
            )

    def _later(self, minutes: float, do: Callable[[], None]) -> None:
        self.at(time.monotonic() + minutes * 60 / self.speed, do)

    def _say(self, code: str, act: str, form: dict[str, Any]) -> None:
        try:
            self.troupe.public.post(f"/api/v1/reports/{code}/acts/{act}", form)
            self.counts[act] += 1
        except AnswerError as refusal:
            self.counts["late" if refusal.status == CONFLICT else f"refused:{refusal.code}"] += 1

    def _look(self) -> None:
        """See what waits, and let whoever it waits for plan his step."""
        after = ""
        for _ in range(20):
            page = self.troupe.reader.get("/api/v1/cases", sort="due", after=after, size=100)
            for case in page["cases"]:
                self._plan(case)
            after = page["after"]
            if not after:
                break
        self._closed()
        self.at(time.monotonic() + LOOK_EVERY, self._look)

    def _review(self) -> None:
        """An operator looks at what is to become public: nearly everything of these residents may."""
        operator = self.troupe.of_post("operator")
        waiting = REVIEW.findall(operator.page("/desk/review/"))
        for path, words in waiting:
            fields = {"choice": "public" if self.dice.random() < 0.95 else "private", "boxes": ""}
            with contextlib.suppress(AnswerError):
                operator.submit(path, fields | ({"words": html.unescape(words)} if words else {}))
                self.counts["reviewed"] += 1
        self.at(time.monotonic() + REVIEW_EVERY, self._review)

    def _plan(self, case: Case) -> None:
        mark = (case["number"], case["version"])
        if mark in self.planned or case["state"]["code"] in SETTLED:
            return
        step = self.play.next(self._whole(case))
        if step is None:
            return
        self.planned.add(mark)
        self._later(step.minutes, lambda: self._do(case, step))

    def _whole(self, case: Case) -> Case:
        if case["state"]["code"] in {"to_file", "to_close", "disputed"}:
            return dict(self.troupe.reader.get(f"/api/v1/cases/{case['number']}"))
        return case

    def _do(self, case: Case, step: Step) -> None:
        form = {**step.form, "version": case["version"]}
        if step.step:
            form["step"] = step.step
        try:
            who = step.who()
            if who is None:
                return
            if step.picture:
                form["pictures"] = [who.upload(self.play.picture(step.picture, case))]
            who.post(f"/api/v1/cases/{case['number']}/acts/{step.act}", form)
            self.counts[step.act] += 1
        except AnswerError as refusal:
            self.counts["late" if refusal.status == CONFLICT else f"refused:{step.act}:{refusal.code}"] += 1

    def _closed(self) -> None:
        """Residents whose order is done give their verdict."""
        page = self.troupe.reader.get("/api/v1/cases", state="closed", sort="opened", size=50)
        for case in page["cases"]:
            code = self.watched.pop(case["number"], None)
            if code is None:
                continue
            luck = self.dice.random()
            if luck < 0.05:
                self._later(20, partial(self._say, code, "dispute", {"words": "没有修好，还是老样子。"}))
            elif luck < 0.65:
                rating = self.dice.choices("54321", weights=(50, 30, 12, 5, 3))[0]
                self._later(15, partial(self._say, code, "verdict", {"rating": rating}))
