"""12345's export as a sheet comes in (导入工单): each line is kept like a message of the web service; what is wrong is told by line."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from xiucheng.channels.order12345 import codec, reader
from xiucheng.intake.importing import sheets
from xiucheng.intake.importing.lines import cells
from xiucheng.rules.refusals import Refused

FAULTS_KEPT: Final = 200


@dataclass
class Taken:
    """What came of a sheet: lines read, kept now, there already exactly so, wrong (with line and sentence)."""

    read: int = 0
    kept: int = 0
    already: int = 0
    faulty: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def bring(path: Path, *, dry: bool = False) -> Taken:
    """Keep the lines of a sheet; a dry run only looks. Raises `unreadable_file`, `bad_mapping` where no column holds the number."""
    names, taken = reader.known(), Taken()
    header = sheets.header(path)
    if not set(names["number"]) & set(header):
        raise Refused("bad_mapping", why="第一行没有“工单编号”一列；列名不同的，在 channels.toml 的 columns 里写明")
    with path.open("rb") as file:
        sending = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    for line, row in sheets.rows(path, frozenset({*names["said"], *names["due"]})):
        taken.read += 1
        try:
            found: dict[str, Any] = {k: v for k, v in cells(row).items() if v}
            codec.read(found, names)
            if not dry:
                fresh = reader.keep(found, names, sending).fresh
                taken.kept += fresh
                taken.already += not fresh
        except Refused as wrong:
            taken.faulty += 1
            if len(taken.faults) < FAULTS_KEPT:
                taken.faults.append({"line": line, "code": wrong.code, "zh": wrong.zh, "en": wrong.en})
    return taken
