"""`xiucheng replay` (重放): every message stored once, then really understood and dispatched; run again, it stores none twice."""

import argparse
import json
from pathlib import Path

import pytest
from tests.triage.town import TAUGHT, build

from xiucheng.cases.models import Case, Report
from xiucheng.city import registers
from xiucheng.city.models import Example, Setting
from xiucheng.run.commands import replay
from xiucheng.run.trouble import Trouble

MESSAGES = (
    {"id": 1, "time": "2019-02-28 11:25:05", "title": "学府路51号路灯不亮", "body": "晚上路灯全黑，请来修"},
    {"id": 2, "time": "2019/8/20 13:29:08", "title": "养老金什么时候到账", "body": "请问"},
    {"id": 3, "words": "路灯不亮，在标的点上", "lng": 106.51, "lat": 29.51},
)


@pytest.fixture
def town(db: None) -> None:
    build()
    Setting.objects.filter(key="straight_through").update(value=0.3)  # a handful of sentences teaches no more
    registers.touch()
    for code, texts in TAUGHT.items():
        Example.objects.bulk_create(Example(category_id=code, words=words) for words in texts)


def _replay(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    code = replay.execute(argparse.Namespace(file=path, limit=0, channel="import", json=True))
    return code, json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "messages.jsonl"
    path.write_text("\n".join([*(json.dumps(m, ensure_ascii=False) for m in MESSAGES), *lines]), encoding="utf-8")
    return path


def test_messages_are_stored_understood_and_dispatched(
    town: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = _replay(_file(tmp_path), capsys)
    assert code == 0
    assert [told[k] for k in ("read", "stored", "already", "faulty", "filed", "dispatched", "at_desk")] == [
        3, 3, 0, 0, 2, 2, 1,
    ]  # fmt: skip
    assert Report.objects.get(external_key="messages:1").said_at.isoformat() == "2019-02-28T03:25:05+00:00"


def test_second_run_stores_none_twice(town: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path)
    _replay(path, capsys)
    _, told = _replay(path, capsys)
    assert (told["read"], told["stored"], told["already"], Case.objects.count()) == (3, 0, 3, 3)


def test_broken_lines_are_named_and_the_others_come_in(
    town: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = _replay(_file(tmp_path, "{broken", '{"id": 5}', '["no message"]', "null"), capsys)
    faults = told["faults"]
    assert isinstance(faults, list)
    assert (code, told["stored"], [f["line"] for f in faults]) == (1, 3, [4, 5, 6, 7])


def test_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as trouble:
        replay.execute(argparse.Namespace(file=tmp_path / "none.jsonl", limit=0, channel="import", json=False))
    assert trouble.value.code == "no_file"


def test_messages_that_still_wait_are_not_called_done(
    town: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path)
    monkeypatch.setattr(replay, "PATIENCE", 0.0)
    code, told = _replay(path, capsys)
    assert (code, told["ok"], told["read"], told["stored"], told["filed"], told["waiting"]) == (1, False, 3, 3, 0, 3)
    monkeypatch.setattr(replay, "PATIENCE", 60.0)
    code, told = _replay(path, capsys)
    assert (code, told["ok"], told["already"], told["filed"], told["waiting"]) == (0, True, 3, 2, 0)
