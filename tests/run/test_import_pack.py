"""`xiucheng import pack` and `import standards` say what they did, with honest exit codes."""

import json
import shutil
from pathlib import Path

import pytest

import xiucheng.city
from xiucheng.run.cli import main

DEMO = Path(xiucheng.city.__file__).parent / "packs" / "demo"


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The object on the last line of standard output."""
    found: dict[str, object] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return found


def test_import_pack_check_sound(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "1")
    code = main(["import", "--json", "pack", str(DEMO), "--check"])
    assert (code, last(capsys)["faults"]) == (0, [])


def test_import_pack_check_faulty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "1")
    folder = shutil.copytree(DEMO, tmp_path / "pack")
    (folder / "words.csv").unlink()
    code = main(["import", "--json", "pack", str(folder), "--check"])
    assert (code, last(capsys)) == (1, {"ok": False, "faults": ["words.csv：缺少这个文件"]})


def test_import_pack_loads(db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "1")
    code = main(["import", "--json", "pack", str(DEMO)])
    counts = last(capsys)["counts"]
    assert isinstance(counts, dict)
    assert (code, counts["单位"], counts["网格"]) == (0, 71, 2242)


def test_import_standards_of_a_broken_file(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "1")
    (tmp_path / "x.xlsx").write_text("hello")
    code = main(["import", "--json", "standards", str(tmp_path / "x.xlsx")])
    assert (code, last(capsys)) == (1, {"ok": False, "faults": ["x.xlsx：不是 XLSX 工作簿，或文件已损坏"]})
