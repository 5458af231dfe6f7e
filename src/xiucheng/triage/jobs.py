"""What triage does by itself (分诊后台): the loop that reads reports, the nightly lesson."""

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from procrastinate.contrib.django import app

if TYPE_CHECKING:  # web processes find the jobs too; only the worker loads numpy
    from xiucheng.triage.model import Model

BUSY: Final = 0.02
IDLE: Final = 0.25
LOOK_AGAIN: Final = 200
RETRY: Final = 2400
logger = logging.getLogger("xiucheng.triage")


@dataclass(slots=True)
class InUse:
    """The model that this process reads with."""

    model: "Model | None" = None
    generation: int = -1


_in_use = InUse()


def current() -> "Model | None":
    """The newest accepted model; read again when a newer one was accepted."""
    from xiucheng.triage import models
    from xiucheng.triage.model import load

    row = models.Model.objects.filter(accepted=True).order_by("-id").values_list("id", "name").first()
    if row is None:
        return None
    if _in_use.generation != row[0] or _in_use.model is None:
        body = models.Model.objects.values_list("body", flat=True).get(id=row[0])
        _in_use.model, _in_use.generation = load(row[1], bytes(body)), row[0]
    return _in_use.model


def ready() -> "Model | None":
    """The model, trained now if there is none and the pack has something to teach."""
    from xiucheng.city.registers import registers
    from xiucheng.triage import learn

    model = current()
    if model is None and registers().categories and learn.learn_apart():
        model = current()
    return model


def triage(stop: threading.Event) -> None:
    """Read reports as they come until told to stop; without a model they wait at the desk and are tried again."""
    from xiucheng.triage import actions

    model, rounds = ready(), 0
    while not stop.is_set():
        if model is None:
            stop.wait(5.0)
            model = ready()
            continue
        done = actions.work(model)
        rounds += 1
        if rounds % LOOK_AGAIN == 0:
            model = current() or model
        stop.wait(BUSY if done else IDLE)


@app.periodic(cron="30 3 * * *", periodic_id="triage-nightly")
@app.task(queue="slow", queueing_lock="triage-nightly", name="xiucheng.triage.nightly")
def nightly(timestamp: int) -> None:
    """Learn from the day's corrections, in a process of its own (夜间学习)."""
    from xiucheng.triage import learn

    if not learn.learn_apart():
        logger.warning("the nightly lesson failed; the old model stays in use")


@app.periodic(cron="*/5 * * * *", periodic_id="triage-corrections")
@app.task(queue="slow", queueing_lock="triage-corrections", name="xiucheng.triage.corrections")
def corrections(timestamp: int) -> None:
    """Write down what people decided otherwise than proposed (纠正入册)."""
    from xiucheng.triage import learn

    learn.gather_corrections()
