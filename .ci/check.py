"""Everything that must hold before a change goes in (全部检查): style, rooms, types, tests. The last line is pytest's count."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LINT = {
    "ruff check": ["ruff", "check", "-q", "src", "tests", ".ci"],
    "ruff format": ["ruff", "format", "-q", "--check", "src", "tests", ".ci"],
    "rooms": ["lint-imports", "--no-cache"],
    "mypy": ["mypy"],
}
SQL_ROOMS = (
    "cases",
    "notices",
    "intake",
    "dispatch",
    "triage/test_again.py",
    "triage/test_gazetteer.py",
    "city/test_ground.py",
    "city/test_registers.py",
    "city/test_pack.py::test_load_again_changes_a_limit_by_code",
)


def lint() -> bool:
    """Style, layers and types; what fails says why."""
    good = True
    for name, (program, *arguments) in LINT.items():
        began = time.monotonic()
        done = subprocess.run(
            [str(BIN / program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
        )
        print(f"{'✔' if done.returncode == 0 else '✗'} {name} {time.monotonic() - began:.0f} s", flush=True)
        if done.returncode:
            good = False
            print(done.stdout + done.stderr, flush=True)
    return good


def environment() -> dict[str, str]:
    """The tests' own world: nothing of a running service leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIUCHENG_") or "TEST" in name}
    kept.pop("DATABASE_URL", None)
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    kept["PYTHONPATH"] = str(ROOT / "src")
    return kept


def tests(arguments: list[str]) -> int:
    """All tests on two processes; skipped ones are listed with their reasons. The count is kept in `out/summary.txt`."""
    command = [str(BIN / "pytest"), "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider", *arguments]
    last = ""
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line if line.strip() else last
    (ROOT / "out").mkdir(exist_ok=True)
    (ROOT / "out" / "summary.txt").write_text(last, encoding="utf-8")
    return process.returncode


def older_database() -> bool:
    """The rooms that speak SQL of their own once more on Debian's PostgreSQL 15, where it is installed."""
    if not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        print("– PostgreSQL 15 is not installed here: those tests ran on the wheel's only", flush=True)
        return True
    began = time.monotonic()
    command = [
        str(BIN / "pytest"),
        "-q",
        "-n",
        "2",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        *(f"tests/{room}" for room in SQL_ROOMS),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environment() | {"XIUCHENG_TEST_PG": "15"}, capture_output=True, text=True, check=False
    )
    print(f"{'✔' if done.returncode == 0 else '✗'} PostgreSQL 15 {time.monotonic() - began:.0f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """`check.py lint` or `check.py [pytest's arguments]`."""
    clean = lint()
    if arguments == ["lint"]:
        return 0 if clean else 1
    clean = (bool(arguments) or older_database()) and clean
    passed = tests(arguments) == 0
    return 0 if clean and passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
