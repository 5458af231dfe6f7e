"""The page libraries and static files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings

from xiucheng.pages import libraries, storage

ROOT = Path(__file__).resolve().parents[2]


def test_lock_names_no_address() -> None:
    assert "http" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_versions_are_exact() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    named = package["dependencies"] | package["devDependencies"]
    assert [version for version in named.values() if not version[0].isdigit()] == []


def test_every_listed_library_is_found() -> None:
    assert [name for name in libraries.FILES if not finders.find(name)] == []


def test_unlisted_library_file_is_not_found() -> None:
    assert finders.find("lib/../@tabler/core/package.json") is None


def test_build_twice_writes_once(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path):
        assert (storage.build() > 10, storage.build(), storage.built(tmp_path)) == (True, 0, True)


def test_built_names_carry_the_hash(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    storage.build()
    paths = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert (tmp_path / paths["lib/htmx.min.js"]).with_suffix(".js.gz").exists()


@pytest.mark.parametrize("sheet", ["public.css", "map.css"])
def test_public_sheets_are_light(sheet: str) -> None:
    assert Path(str(finders.find(f"pages/{sheet}"))).stat().st_size < 30_000


def test_styles_draw_no_sign_that_a_font_may_lack() -> None:
    """A pause sign or an emoji is an empty box on a machine without that font; icons are drawn."""
    styles = (ROOT / "src" / "xiucheng").rglob("static/*/*.css")
    found = {path.name: re.findall("[\u2300-\u23ff\u2600-\u27bf]", path.read_text("utf-8")) for path in styles}
    assert {name: signs for name, signs in found.items() if signs} == {}
