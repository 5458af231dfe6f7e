"""Wrong use of any command: exit code 2, one sentence in Chinese, the object with `--json`; help for everybody."""

import json
from pathlib import Path

import pytest

from xiucheng.run import cli


def _wrong(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int | str | None, dict[str, str], str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    told = capsys.readouterr()
    return ended.value.code, json.loads(told.out.splitlines()[-1]), told.err


@pytest.fixture(autouse=True)
def _own_tongue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XIUCHENG_JSON", "")
    monkeypatch.setenv("XIUCHENG_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "缺少参数：命令/command"),
        ("fly", "没有 'fly'"),
        ("restore", "缺少参数：file"),
        ("run --nope", "没有这个参数：--nope"),
        ("run --port eighty", "--port 的值不对：'eighty'"),
        ("run --workers 0", "--workers 的值不对：0（至少为 1"),
        ("run --host", "--host 后面缺一个值"),
        ("demo --speed 0", "--speed 的值不对：0（须大于 0"),
        ("demo --connections 0", "至少为 1"),
        ("replay x.jsonl --limit -1", "不能小于 0"),
        ("bench --cases many", "--cases 的值不对：'many'"),
        ("bench --parts nothing", "nothing（可选"),
        ("faults --clients 0", "至少为 1"),
        ("doctor --port x", "--port 的值不对：'x'"),
        ("import", "缺少参数：FILE"),
        ("import pack", "缺少参数：folder"),
        ("import standards x.xlsx --nope", "没有这个参数：--nope"),
        ("backup --lang fr", "--lang 没有 'fr'，可选：'zh', 'en'"),
    ],
)
def test_wrong_use_is_a_sentence_and_an_object(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, err = _wrong([*words.split(), "--json"], capsys)
    assert (code, found["ok"], found["code"], said in found["zh"], said in err) == (2, False, "wrong_use", True, True)
    assert "--help" in found["zh"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("docs --folder {folder}/none", "no_folder"),
        ("bench --keep {file}", "not_a_folder"),
        ("demo --address http://127.0.0.1:1", "no_service"),
        ("backup {folder}/b.tar.gz --with-secrets", "no_passphrase"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    words: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_asked: str) -> str:
        raise EOFError

    monkeypatch.delenv("XIUCHENG_PASSPHRASE", raising=False)
    monkeypatch.setattr("getpass.getpass", nobody)
    (tmp_path / "file").write_text("")
    assert cli.main([*words.format(folder=tmp_path, file=tmp_path / "file").split(), "--json"]) == cli.CANNOT
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == code


def test_help_names_data_folder_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert [word for word in ("XIUCHENG_DATA", "退出码", "130", *cli.known_commands()) if word not in said] == []


def test_manage_ends_with_the_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert [cli.main(["manage", "--json", *words]) for words in (["check"], ["nothing"])] == [0, 1]
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"ok": False, "exit_code": 1}
