"""Sheets of older systems are read as they are (读表): encodings, separators, quotes, headings; a bad row is told, the rest is read."""

import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from xiucheng.intake.importing import lines, separated, sheets
from xiucheng.rules.refusals import Refused

PLAIN = "".join(f"A{n},pole fell down\n" for n in range(6000))


def _file(folder: Path, content: bytes | str, name: str = "old.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _read(path: Path) -> list[Any]:
    """The rows, a refused one by its code."""
    return [(line, row.code if isinstance(row, Refused) else row) for line, row in sheets.rows(path)]


@pytest.mark.parametrize("packed", [False, True])
def test_first_chinese_character_may_come_late(tmp_path: Path, packed: bool) -> None:
    content = f"no,words\n{PLAIN}B1,护栏倒了\n".encode("gb18030")
    path = _file(tmp_path, gzip.compress(content) if packed else content, "old.csv.gz" if packed else "old.csv")
    assert _read(path)[-1] == (6002, {"no": "B1", "words": "护栏倒了"})


def test_json_lines_in_the_encoding_of_chinese_systems_are_read(tmp_path: Path) -> None:
    lines = '{"no": "A1", "words": "pole"}\n' * 3000 + '{"no": "B1", "words": "护栏倒了"}\n'
    assert _read(_file(tmp_path, lines.encode("gb18030"), "old.jsonl"))[-1][1]["words"] == "护栏倒了"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in {"utf-16", "utf-8-sig"} else "\ufeff"
    path = _file(tmp_path, f"{mark}编号,内容\r\n1,护栏倒了\r\n".encode(encoding))
    assert _read(path) == [(2, {"编号": "1", "内容": "护栏倒了"})]


def test_utf8_and_gb18030_are_told_apart(tmp_path: Path) -> None:
    dice = random.Random(7)
    for turn in range(50):
        words = "".join(chr(dice.randint(0x4E00, 0x9FA5)) for _ in range(dice.randint(20, 400)))
        for encoding in ("utf-8", "gb18030"):
            path = _file(tmp_path, f"编号,内容\n1,{words}\n".encode(encoding), f"{turn}.csv")
            assert _read(path) == [(2, {"编号": "1", "内容": words})]


def test_bytes_that_are_no_text_are_told_by_their_row(tmp_path: Path) -> None:
    path = _file(tmp_path, "编号,内容\n1,护栏倒了\n2,".encode() + b"\xe6\x8a\n" + "3,路灯不亮\n".encode())
    assert _read(path) == [
        (2, {"编号": "1", "内容": "护栏倒了"}),
        (3, "bad_characters"),
        (4, {"编号": "3", "内容": "路灯不亮"}),
    ]


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        _read(_file(tmp_path, bytes(range(255, 127, -1)) * 40))
    assert refusal.value.code == "unreadable_file"


@pytest.mark.parametrize("name", ["old.csv", "old.jsonl"])
def test_overlong_cell_is_told_by_its_row(tmp_path: Path, name: str) -> None:
    long = "长" * (lines.CELL_MOST + 1)
    content = {
        "old.csv": f'编号,内容\n1,{long}\n2,护栏倒了\n3,"{long}\n{long}"\n4,路灯不亮\n',
        "old.jsonl": f'\n{{"编号": 1, "内容": "{long}"}}\n{{"编号": 2, "内容": "护栏倒了"}}\n',
    }
    told = _read(_file(tmp_path, content[name], name))
    assert told[:2] == [(2, "too_long"), (3, {"编号": "2", "内容": "护栏倒了"})]
    assert told[2:] == ([] if name == "old.jsonl" else [(4, "too_long"), (6, {"编号": "4", "内容": "路灯不亮"})])


def test_row_is_named_by_the_line_where_it_begins(tmp_path: Path) -> None:
    path = _file(tmp_path, '编号,内容\n1,"护栏\n倒了"\n\n2,路灯不亮\n')
    assert _read(path) == [(2, {"编号": "1", "内容": "护栏\n倒了"}), (5, {"编号": "2", "内容": "路灯不亮"})]


def test_quote_left_open_is_told_by_its_row(tmp_path: Path) -> None:
    path = _file(tmp_path, '编号,内容\n1,护栏倒了\n2,"路灯不亮\n3,井盖没了\n')
    assert _read(path) == [(2, {"编号": "1", "内容": "护栏倒了"}), (3, "open_quote")]


def test_quote_left_open_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separated, "QUOTED_MOST", 3000)
    path = _file(tmp_path, f'no,words\n1,pole\n2,"lamp\n{PLAIN}')
    assert _read(path)[:2] == [(2, {"no": "1", "words": "pole"}), (3, "open_quote")]


def test_more_cells_than_headings_are_told_by_their_row(tmp_path: Path) -> None:
    path = _file(tmp_path, "编号,内容\n1,护栏,倒了\n2,路灯不亮,,\n3\n")
    assert _read(path) == [
        (2, "surplus_cells"), (3, {"编号": "2", "内容": "路灯不亮"}), (4, {"编号": "3", "内容": ""}),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["old.csv", "old.txt", "old.tsv", "old.csv.gz"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_is_told_by_the_headings(tmp_path: Path, separator: str, name: str) -> None:
    content = (
        separator.join(['"a,b,c;\td,e;\t"', "编号", "内容"])
        + "\n"
        + separator.join(["x", "1", '"护栏,;\t倒了"'])
        + "\n"
    )
    packed = gzip.compress(content.encode()) if name.endswith(".gz") else content
    assert _read(_file(tmp_path, packed, name)) == [(2, {"a,b,c; d,e;": "x", "编号": "1", "内容": "护栏,;\t倒了"})]


def test_unicode_text_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path, '编号\t内容\r\n1\t"护栏\n倒了"\r\n'.encode("utf-16"), "Unicode 文本.txt")
    assert _read(path) == [(2, {"编号": "1", "内容": "护栏\n倒了"})]


def test_one_column_is_read_as_one_column(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, "编号\n1\n")) == [(2, {"编号": "1"})]


def test_broken_json_line_is_told_as_such(tmp_path: Path) -> None:
    content = '{"no": 1}\n{"no": 2, "words": "护栏}\n\n[1, 2]\n' + "[" * 100_000 + '\n{"no": 3}\n'
    read = list(sheets.rows(_file(tmp_path, content, "old.jsonl")))
    told = [(line, row.code, row.facts) for line, row in read if isinstance(row, Refused)]
    assert told[:2] == [(2, "line_not_json", {"column": 20}), (4, "line_not_object", {})]
    assert [line for line, _, _ in told] == [2, 4, 5]
    assert [row for _, row in read if not isinstance(row, Refused)] == [{"no": "1"}, {"no": "3"}]


ROW = {"编号": "1", "内容": "护栏"}


@pytest.mark.parametrize(
    "content",
    [
        "编号,内容\r\n1,护栏\r\n",
        "\ufeff编号,内容\r\n1,护栏",
        '\ufeff"编号","内容"\n"1","护栏"\n',
        "编号,内容\r1,护栏\r",
        "编号,内容\n1,护栏\n\n\n",
        "编号,内容\r\n1,护栏\r\n,\r\n,,,\r\n  \r\n",
        " 编号 ,\u3000内容\xa0\n 1 , 护栏 \n",
    ],
    ids=["crlf", "mark", "mark and quotes", "cr", "empty last lines", "last lines of separators", "spaces"],
)
def test_sheet_is_read_however_it_is_written(tmp_path: Path, content: str) -> None:
    path = _file(tmp_path, content)
    assert (_read(path), sheets.header(path)) == ([(2, ROW)], ["编号", "内容"])


def test_headings_may_stand_below_empty_lines(tmp_path: Path) -> None:
    path = _file(tmp_path, "\n,\n编号,内容\n1,护栏\n")
    assert (_read(path), sheets.header(path)) == ([(4, ROW)], ["编号", "内容"])


def test_line_breaks_in_quotes_belong_to_the_cell(tmp_path: Path) -> None:
    path = _file(tmp_path, '编号,内容,"责任\r\n单位"\r\n1,"护栏\r\n\r\n""倒""了",市政\r\n2,灯,路灯\r\n')
    assert _read(path) == [
        (3, {"编号": "1", "内容": '护栏\r\n\r\n"倒"了', "责任 单位": "市政"}),
        (6, {"编号": "2", "内容": "灯", "责任 单位": "路灯"}),
    ]


def test_names_in_json_lines_may_have_spaces(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, '\ufeff{" 编号": 1, "内容\u3000": "护栏"}\r\n\r\n', "old.jsonl")) == [(1, ROW)]


@pytest.mark.parametrize("name", ["old.csv", "old.tsv"])
def test_sheet_without_rows_still_has_its_headings(tmp_path: Path, name: str) -> None:
    path = _file(tmp_path, "编号,内容,内容\n", name)
    assert (_read(path), sheets.header(path)) == ([], ["编号", "内容", "内容"])
