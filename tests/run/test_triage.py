"""`xiucheng triage`: figures, topics and like messages of files, as a table and as one object; no database is asked."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from xiucheng.run import cli

LAMPS = ("路灯不亮了", "路灯坏了没人修", "灯杆歪了", "巷子里的路灯全黑", "路灯一闪一闪", "路灯白天也亮着")
LIDS = ("井盖不见了", "下水道井盖破了", "井盖松动一响一响", "污水井盖翘起来", "井盖没了好危险", "雨水井盖裂开")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "")
    monkeypatch.setenv("XIUCHENG_DATA", str(tmp_path / "no-data"))


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    rows = [{"title": None, "text": w, "label": c} for c, texts in (("灯", LAMPS), ("盖", LIDS)) for w in texts]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "written.jsonl"
    told = ("锦绣江湾搅拌站噪音大", "锦绣江湾搅拌站灰尘大", "公交车等太久", "社保卡丢了怎么补", "电梯坏了没人修")
    rows = [
        {"id": n, "user": f"u{n}", "time": "2026-05-01 10:00:00", "title": t, "body": f"{t}，请管一管"}
        for n, t in enumerate(told)
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = cli.main(["triage", *words, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_cross_validation_gives_the_figures(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, figures = told(["evaluate", "--train", str(labelled), "--folds", "3"], capsys)
    assert (code, figures["ok"], figures["tested_on"], figures["trained_on"]) == (0, True, 12, 8)
    assert {"macro_f1", "accuracy", "precision_at_80", "ms_per_message"} <= figures.keys()
    assert figures["accuracy"] > 0.7


def test_a_test_file_is_judged_by_what_all_training_files_taught(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more, test = tmp_path / "more.tsv", tmp_path / "test.tsv"
    more.write_text("树\t行道树 倒 了\n树\t树枝 断 了\n", encoding="utf-8")
    test.write_text("灯\t路灯 又 不亮\n树\t树枝 倒 了\n", encoding="utf-8")
    code, figures = told(["evaluate", "--train", str(labelled), "--train", str(more), "--test", str(test)], capsys)
    assert (code, figures["trained_on"], figures["accuracy"]) == (0, 14, 1.0)


def test_topics_are_listed_with_their_members(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = told(["topics", str(written)], capsys)
    assert (code, answer["messages"], [sorted(t["members"]) for t in answer["topics"]]) == (0, 5, [[0, 1]])
    assert answer["topics"][0]["heat"] == 2


def test_like_messages_are_ranked(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = told(["similar", str(written), "0", "--most", "2"], capsys)
    assert (code, answer["similar"][0]["id"], len(answer["similar"])) == (0, 1, 2)


def test_people_see_tables(written: Path, labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["topics", str(written)], ["similar", str(written), "0"], ["evaluate", "--train", str(labelled)]):
        assert cli.main(["triage", *words]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("锦绣江湾", "人数", "相似度", "macro_f1"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["topics", "/nowhere.jsonl"], "no_file"),
        (["evaluate", "--train", "/nowhere.jsonl"], "no_file"),
    ],
)
def test_a_file_that_is_not_there_is_told(words: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended, answer = told(words, capsys)
    assert (ended, answer["code"]) == (3, code)


def test_an_unknown_message_is_told(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended, answer = told(["similar", str(written), "77"], capsys)
    assert (ended, answer["code"]) == (3, "no_message")
