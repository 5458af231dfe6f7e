"""A day in the demo district, through the public interfaces of the whole running service (演示)."""

from pathlib import Path

import pytest
from tests.service import RunningService, copied

from xiucheng.run.demo.citizens import Citizens
from xiucheng.run.demo.scenes import scene


def test_citizens_of_one_seed_say_the_same() -> None:
    one, two = Citizens(7), Citizens(7)
    assert [one.next() for _ in range(50)] == [two.next() for _ in range(50)]


def test_citizens_rarely_repeat_themselves() -> None:
    citizens = Citizens(1)
    said = {citizens.next().body["words"] for _ in range(1000)}
    assert len(said) > 900


def test_scene_is_a_small_jpeg_that_differs_before_and_after() -> None:
    before, after = scene(3, mended=False), scene(3, mended=True)
    assert (before[:3], after[:3], before == after) == (b"\xff\xd8\xff", b"\xff\xd8\xff", False)


@pytest.mark.slow
def test_day_takes_cases_from_report_to_close(tmp_path: Path, prepared: Path) -> None:
    with RunningService(copied(prepared, tmp_path / "data")) as service:
        counts = service.command("demo", "--reports", "12", "--hours", "9", "--speed", "600", "--seed", "11")
        load = service.command("demo", "--rate", "20", "--seconds", "2", "--connections", "4")
    assert counts["reports"] == 12
    assert counts["close"] > 0
    assert [code for code in counts if code.startswith("refused")] == []
    assert load["reports"] > 0
