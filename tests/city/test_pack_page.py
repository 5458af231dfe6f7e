"""The page about the district pack names every file and every column of the demo pack."""

import csv
from pathlib import Path

import xiucheng.city
from xiucheng.city.pack.places import LIST
from xiucheng.city.pack.rows import geojson_rows, yaml_rows

DEMO = Path(xiucheng.city.__file__).parent / "packs" / "demo"
PAGE = (Path(__file__).parents[2] / "docs" / "district-pack.md").read_text(encoding="utf-8")


def columns(file: Path) -> set[str]:
    """What a file of the pack has in it."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as opened:
            return set(next(csv.reader(opened)))
    if file.suffix == ".geojson":
        return {key for row in geojson_rows(file) for key in row.values}
    if file.suffix == ".yaml" and file.name != "texts.yaml":
        rows = [row.values for row in yaml_rows(file)]
        return {str(row["key"]) for row in rows} if file.name == "pack.yaml" else {key for row in rows for key in row}
    return set()


def test_page_names_every_file_and_column() -> None:
    lines = {line.split("`")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}
    found = {f.name: sorted(c for c in columns(f) if f"`{c}`" not in lines.get(f.name, "")) for f in DEMO.iterdir()}
    assert (sorted(lines), found) == (sorted({*found, LIST}), {name: [] for name in found})  # the list may be left out
