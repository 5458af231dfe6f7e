"""Installs what the project needs into `.venv` and `node_modules` (安装): `python3 .ci/install.py run|test`.

Runs on a fresh Debian 12 with nothing but python3 and node: as root it fetches missing Debian packages, as an ordinary user it
says what to ask the administrator for. Uses the standard library only. A second call finds its stamps and does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
FOR_TESTS = {
    "chromium": "浏览器测试 browser tests",
    "fonts-noto-cjk": "截图里的汉字 Chinese letters in screenshots",
    "postgresql-15": "在 PostgreSQL 15 上的测试 tests on PostgreSQL 15",
    "libharfbuzz-subset0": "文书排版 printed documents",
    "iproute2": "热线的真电话 real telephony of the hotline",
    "swaks": "来信的真邮件 real mail for the port",
    "kamailio": "热线的真电话 real telephony of the hotline",
    "sip-tester": "热线的真电话 real telephony of the hotline",
}
NOT_AS_SERVICE = ("kamailio",)
"""Debian starts these with the machine; the tests start their own."""
BAR_WIDTH = 28


class CannotInstall(Exception):  # noqa: N818 - it is what it is called
    """A sentence for the person at the terminal."""


class Bar:
    """One line that fills up; where there is no terminal, a line at the beginning and at the end."""

    def __init__(self, title: str, total: int) -> None:
        self.title, self.total, self.done = title, max(total, 1), 0
        self.began = time.monotonic()
        self.terminal = sys.stderr.isatty()
        if not self.terminal:
            sys.stderr.write(f"  {title} ……\n")
        self._draw()

    def step(self, count: int = 1) -> None:
        self.done = min(self.total, self.done + count)
        self._draw()

    def _draw(self, end: str = "") -> None:
        if self.terminal:
            full = BAR_WIDTH * self.done // self.total
            seconds = time.monotonic() - self.began
            bar = "━" * full + "─" * (BAR_WIDTH - full)
            sys.stderr.write(f"\r  {self.title} {bar} {100 * self.done // self.total:3d}% {seconds:4.0f} s{end}")
            sys.stderr.flush()

    def finish(self) -> None:
        self.done = self.total
        self._draw("\n")
        if not self.terminal:
            sys.stderr.write(f"  {self.title} ✔ {time.monotonic() - self.began:.0f} s\n")


def stamp(name: str, *inputs: Path | str) -> tuple[Path, str]:
    """The stamp's file and what it must say for these inputs."""
    seen = hashlib.sha256(f"{ROOT}\0{sys.version}".encode())
    for item in inputs:
        seen.update(item.read_bytes() if isinstance(item, Path) else item.encode())
    return VENV / f".stamp-{name}", seen.hexdigest()


def fresh(file: Path, mark: str) -> bool:
    return file.exists() and file.read_text(encoding="ascii") == mark


def follow(command: list[str], **environment: str) -> Iterator[str]:
    """Run a program and give its lines; what it said is shown when it fails."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            yield line
    if process.returncode:
        raise CannotInstall(f"{' '.join(command[:4])} …\n{''.join(said[-15:])}")


def has_package(name: str) -> bool:
    """Whether Debian has this package installed."""
    dpkg = shutil.which("dpkg-query")
    if dpkg is None:
        return False
    shown = subprocess.run([dpkg, "-W", "-f", "${Status}", name], capture_output=True, text=True, check=False)
    return shown.stdout.endswith("install ok installed")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(names: list[str]) -> None:
    """Install Debian packages, with fresh lists if the old ones do not know them."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", *names]
    bar = Bar(f"Debian: {' '.join(names)}", 40 * len(names))
    try:
        for _ in follow(install, **quiet):
            bar.step()
    except CannotInstall:
        for _ in follow(["apt-get", "update"], **quiet):
            bar.step()
        for _ in follow(install, **quiet):
            bar.step()
    bar.finish()


def need_program(program: str, package: str) -> None:
    """Have a program, installing its Debian package if we may."""
    if shutil.which(program):
        return
    if may_install():
        apt([package])
    if not shutil.which(program):
        raise CannotInstall(
            f"缺少 {program}。请管理员执行：apt-get install {package}\n"
            f"{program} is missing. Ask an administrator for: apt-get install {package}"
        )


def can(*words: str) -> bool:
    return subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode == 0


def make_venv() -> list[str]:
    """Make `.venv` and give the command that runs pip for it."""
    file, mark = stamp("venv")
    if not (fresh(file, mark) and PYTHON.exists()):
        shutil.rmtree(VENV, ignore_errors=True)
        if not can("-m", "ensurepip", "--version") and may_install():
            apt(["python3-venv"])
        if can("-m", "ensurepip", "--version"):
            list(follow([sys.executable, "-m", "venv", str(VENV)]))
        elif can("-m", "pip", "--version"):
            list(follow([sys.executable, "-m", "venv", "--without-pip", str(VENV)]))
        else:
            raise CannotInstall(
                "缺少 python3-venv。请管理员执行：apt-get install python3-venv\n"
                "python3-venv is missing. Ask an administrator for: apt-get install python3-venv"
            )
        file.write_text(mark, encoding="ascii")
    if (VENV / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install_python(kind: str) -> None:
    """Python packages, exactly those of the lock, each checked against its hash."""
    pip = make_venv()
    lock = LOCKS[kind]
    file, mark = stamp("python", lock)
    if fresh(file, mark) or (kind == "run" and fresh(*stamp("python", LOCKS["test"]))):
        return
    total = sum(
        1 for line in lock.read_text(encoding="utf-8").splitlines() if "==" in line and not line.startswith("#")
    )
    bar = Bar("Python 软件包 packages", total * 11 // 10)
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--progress-bar", "off", "--no-input"]
    for line in follow(
        [*pip, "install", *options, "--disable-pip-version-check", "-r", str(lock)],
        PYTHONUNBUFFERED="1",
        PIP_NO_COLOR="1",
    ):
        if line.lstrip().startswith(("Collecting ", "Requirement already")):
            bar.step()
    bar.finish()
    file.write_text(mark, encoding="ascii")


def install_project() -> None:
    """The project itself runs from its own tree; `.venv/bin/xiucheng` is the command."""
    site = next((VENV / "lib").glob("python3.*")) / "site-packages"
    (site / "xiucheng.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    script = VENV / "bin" / "xiucheng"
    script.write_text(
        f"#!{PYTHON}\nimport sys\n\nfrom xiucheng.run.cli import main\n\nsys.exit(main())\n", encoding="utf-8"
    )
    script.chmod(0o755)


def install_pages() -> None:
    """Page libraries, exactly those of the npm lock."""
    lock = ROOT / "package-lock.json"
    file, mark = stamp("pages", lock)
    if fresh(file, mark) and (ROOT / "node_modules").exists():
        return
    need_program("node", "nodejs")
    need_program("npm", "npm")
    bar = Bar("页面库 page libraries", lock.read_text(encoding="utf-8").count('"node_modules/') + 3)
    modules = ROOT / "node_modules"
    if modules.is_symlink():
        modules.unlink()
    for line in follow(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "http"]):
        if "http fetch" in line or "http cache" in line:
            bar.step()
    bar.finish()
    file.write_text(mark, encoding="ascii")


def quiet(service: str) -> None:
    """Nobody asked for a telephone exchange that is open to the network: stop what a package has just started."""
    systemctl = shutil.which("systemctl")
    if systemctl is not None and Path("/run/systemd/system").exists():
        subprocess.run([systemctl, "disable", "--now", service], capture_output=True, check=False)


def install_for_tests() -> None:
    """Debian's packages that only tests need; without them some tests are skipped."""
    missing = [name for name in FOR_TESTS if not has_package(name)]
    if not missing:
        return
    if may_install():
        try:
            apt(missing)
        except CannotInstall as why:
            sys.stderr.write(f"{why}\n")
        for name in set(missing) & set(NOT_AS_SERVICE):
            quiet(name)
    for name in missing:
        if not has_package(name):
            sys.stderr.write(f"  缺少 {name}，将跳过：{FOR_TESTS[name]} (apt-get install {name})\n")


def main(kind: str) -> int:
    """Install for running or for testing; gives an honest exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an old Python meets first
        sys.stderr.write("需要 Python 3.11 或更高版本。\nPython 3.11 or newer is needed.\n")
        return 1
    try:
        install_python(kind)
        install_project()
        install_pages()
        if kind == "test":
            install_for_tests()
    except CannotInstall as why:
        sys.stderr.write(f"\n✗ {why}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
