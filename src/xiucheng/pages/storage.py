"""Static files with their hash in the name (静态文件), compressed once at set-up and kept by browsers for years."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

_MARK = ".built"


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Names carry the content's hash. Source maps are not shipped, so their comments are left alone."""

    patterns = (("*.css", (r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",)),)
    manifest_strict = False
    keep_only_hashed_files = True


def _fingerprint(found: dict[str, tuple[Path, Any]]) -> str:
    seen = hashlib.sha256()
    for name, (path, _) in sorted(found.items()):
        facts = path.stat()
        seen.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def build() -> int:
    """Collect all static files for serving (set-up); does nothing when nothing changed. Gives the number of files written."""
    found: dict[str, tuple[Path, Any]] = {}
    for finder in get_finders():
        for name, storage in finder.list(["*.map"]):
            found.setdefault(name, (Path(storage.path(name)), storage))
    root = Path(settings.STATIC_ROOT)
    mark, fingerprint = root / _MARK, _fingerprint(found)
    if mark.exists() and mark.read_text(encoding="ascii") == fingerprint:
        return 0
    root.mkdir(parents=True, exist_ok=True)
    target = HashedStorage(location=str(root), base_url=settings.STATIC_URL)
    for name, (_, storage) in found.items():
        if target.exists(name):
            target.delete(name)
        with storage.open(name) as source:
            target.save(name, source)
    for name, _hashed, outcome in target.post_process({n: (s, n) for n, (_, s) in found.items()}):
        if isinstance(outcome, Exception):
            raise RuntimeError(f"static file {name}: {outcome}") from outcome
    mark.write_text(fingerprint, encoding="ascii")
    return len(found)


def built(root: Path) -> bool:
    """Whether `build` has run for this data folder."""
    try:
        return bool(json.loads((root / "staticfiles.json").read_text(encoding="utf-8")).get("paths"))
    except (OSError, ValueError):
        return False
