"""From a phone to the unit and back (微信全程): real HTTP both ways, the worker's own loops, the platform's rules."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connections
from tests.channels.wechat.simulator import Platform
from tests.triage.town import build, model

from xiucheng.cases.models import Case, Report
from xiucheng.dispatch import jobs as dispatch
from xiucheng.intake import jobs as intake
from xiucheng.notices import pump
from xiucheng.triage import jobs as triage

LASTING = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
ME = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


@pytest.fixture
def worker(lasting: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The loops of the worker, each in its thread, as they are set."""
    build()
    model()
    monkeypatch.setattr(triage, "ready", model)
    monkeypatch.setattr(triage, "current", model)
    stop = threading.Event()

    def run(loop: Callable[[threading.Event], None]) -> None:
        try:
            loop(stop)
        finally:
            connections.close_all()

    loops = (intake.work_off, triage.triage, dispatch.straight_through, pump.pump)
    threads = [threading.Thread(target=run, args=(loop,)) for loop in loops]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a loop of the worker did not stop"


def wait(done: Callable[[], bool], seconds: float = 30.0) -> float:
    """How long it took; gives up after `seconds`."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds
        time.sleep(0.01)
    return time.monotonic() - began


@LASTING
@pytest.mark.slow
@pytest.mark.usefixtures("account", "worker")
def test_a_message_becomes_a_dispatched_case_and_its_answer_is_back(
    live_server: object, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{live_server}/hook/wechat/"
    assert platform.push(address, platform.message(ME, Content="你好")) == ["success"]
    wait(lambda: len(platform.texts(ME)) == 1)
    fields = platform.message(ME, Content="学府路51号门口路灯不亮")
    began = time.monotonic()
    assert platform.push(address, fields, copies=4) == ["success"] * 4
    wait(lambda: len(platform.texts(ME)) == 2)
    answered = time.monotonic() - began
    wait(lambda: Case.objects.filter(state="handling").exists() and len(platform.texts(ME)) >= 3)
    with capsys.disabled():
        print(f" [answered in {answered:.2f} s, dispatched and told in {time.monotonic() - began:.2f} s] ", end="")
    report = Report.objects.get()
    assert len(platform.texts(ME)) == 3  # registered and filed are one message
    assert f"/t/{report.token}/" in platform.texts(ME)[1] and "交给负责的单位" in "".join(platform.texts(ME)[2:])
