"""Which files of the page libraries are served (页面库): a short list, found in `node_modules`, never copied into the tree."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

FOLDER: Final = Path(
    os.environ.get("XIUCHENG_NODE_MODULES") or Path(__file__).resolve().parents[3] / "node_modules"
).absolute()

FILES: Final[dict[str, str]] = {
    "lib/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "lib/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "lib/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "lib/maplibre-gl.js": "maplibre-gl/dist/maplibre-gl-csp.js",
    "lib/maplibre-gl-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "lib/maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "lib/pmtiles.js": "pmtiles/dist/pmtiles.js",
}


class _Renamed(FileSystemStorage):
    """Reads a library's file under the short name that pages use."""

    def path(self, name: str) -> str:
        return str(FOLDER / FILES[name.replace(os.sep, "/")])


class LibraryFinder(BaseFinder):
    """Finds `lib/…`; other files of the libraries do not exist for a browser."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = _Renamed(location=str(FOLDER))
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        known = FILES.get(path)
        found = str(FOLDER / known) if known and (FOLDER / known).is_file() else None
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        for name, source in FILES.items():
            if (FOLDER / source).is_file():
                yield name, self.storage
