"""What the doctor looks at (体检项目): each check gives one finding with a sentence in Chinese and English.

`ok` is fine, `warn` wants attention soon, `fault` is wrong now. The first group needs no database, the second reads it.
"""

import datetime as dt
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xiucheng import __version__
from xiucheng.run.ground import LEAST_FREE_BYTES, Ground, newer, process_start
from xiucheng.run.listen import another, check_numbers, check_port
from xiucheng.run.postgres import major_version, programs
from xiucheng.run.trouble import Trouble

BEAT_LIMIT_SECONDS = 30
STUCK_SECONDS = 600
LIBRARIES = ("htmx.org", "maplibre-gl", "pmtiles", "@tabler/core")
Level = Literal["ok", "warn", "fault"]


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's sheet."""

    check: str
    level: Level
    zh: str
    en: str


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("python", "ok" if good else "fault", f"Python {version}", f"Python {version}")


def libraries() -> Finding:
    """Page libraries from the npm lock."""
    folder = Path(os.environ.get("XIUCHENG_NODE_MODULES") or Path(__file__).resolve().parents[3] / "node_modules")
    missing = [name for name in LIBRARIES if not (folder / name).exists()]
    if missing:
        names = ", ".join(missing)
        return Finding(
            "libraries",
            "fault",
            f"缺少页面库 {names}，请执行 make run 重新安装",
            f"Page libraries are missing: {names}",
        )
    return Finding("libraries", "ok", "页面库齐全", "All page libraries are there")


def postgres(ground: Ground) -> Finding:
    if os.environ.get("DATABASE_URL"):
        return Finding("postgres", "ok", "使用 DATABASE_URL 指定的数据库", "The database of DATABASE_URL is used")
    try:
        here = major_version(programs())
    except (Trouble, OSError, subprocess.SubprocessError) as error:
        said = error.zh if isinstance(error, Trouble) else str(error)
        return Finding("postgres", "fault", said, error.en if isinstance(error, Trouble) else str(error))
    version = ground.database / "PG_VERSION"
    laid = int(version.read_text()) if version.exists() else here
    if laid != here:
        trouble = Trouble("other_postgres", laid=laid, here=here, folder=str(ground.database))
        return Finding("postgres", "fault", trouble.zh, trouble.en)
    return Finding("postgres", "ok", f"PostgreSQL {here}", f"PostgreSQL {here}")


def disk(ground: Ground) -> Finding:
    folder = ground.folder
    while not folder.exists():
        folder = folder.parent
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    level: Level = "fault" if free < LEAST_FREE_BYTES else "warn" if free < 4 * LEAST_FREE_BYTES else "ok"
    more = "，请清理" if level != "ok" else ""
    return Finding("disk", level, f"磁盘剩余 {free / 1e9:.1f} GB{more}", f"{free / 1e9:.1f} GB are free")


def version(ground: Ground) -> Finding:
    try:
        theirs = str(ground.facts().get("version", __version__))
    except Trouble as damaged:
        return Finding("version", "fault", damaged.zh, damaged.en)
    if newer(theirs):
        trouble = Trouble("newer_data", theirs=theirs, ours=__version__, folder=str(ground.folder))
        return Finding("version", "fault", trouble.zh, trouble.en)
    return Finding("version", "ok", f"程序 {__version__}，数据 {theirs}", f"Program {__version__}, data {theirs}")


def secrets(ground: Ground) -> Finding:
    file = ground.secrets_file
    if not file.exists():
        level: Level = "fault" if (ground.database / "PG_VERSION").exists() else "ok"
        if os.environ.get("XIUCHENG_FIELD_KEY"):
            level = "ok"
        zh = "密钥文件不见了，请从备份中放回" if level == "fault" else "密钥来自环境变量，或尚未建立"
        return Finding("secrets", level, zh, "The secrets file is missing" if level == "fault" else "No secrets file")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return Finding(
            "secrets",
            "fault",
            f"密钥文件权限是 {mode:o}，应为 600：chmod 600 {file}",
            f"chmod 600 {file} (it is {mode:o})",
        )
    try:
        missing = [n for n in ("secret_key", "field_key", "blind_key") if n not in ground.read_secrets()]
    except Trouble as trouble:
        return Finding("secrets", "fault", trouble.zh, trouble.en)
    if missing:
        return Finding("secrets", "fault", f"密钥文件缺少 {missing}", f"The secrets lack {missing}")
    return Finding("secrets", "ok", "密钥文件完好，权限 600", "The secrets are whole, mode 600")


def service(ground: Ground) -> Finding:
    """Whether the service runs, and where."""
    state = ground.read_state()
    if state is None:
        return Finding(
            "service", "warn", "服务没有运行：xiucheng run（make run）", "The service does not run: xiucheng run"
        )
    dead = [name for name, pid in state["processes"].items() if process_start(pid) is None]
    if dead:
        return Finding(
            "service", "fault", f"这些进程不在：{dead}，请看 {ground.logs}", f"Not alive: {dead}; see {ground.logs}"
        )
    often = {name: count for name, count in state["restarts"].items() if count > 5}
    if often:
        return Finding("service", "warn", f"这些进程多次重启：{often}，请看 {ground.logs}", f"Restarted often: {often}")
    return Finding("service", "ok", f"服务正在运行：{state['url']}", f"The service runs: {state['url']}")


def ports(ground: Ground, port: int) -> Finding:
    if ground.read_state() is not None:
        return Finding("ports", "ok", "端口由本服务使用", "The ports are this service's own")
    try:
        check_numbers(port, port + 1)
        for wanted in (port, port + 1):
            check_port("127.0.0.1", wanted, another(port))
    except Trouble as trouble:
        return Finding("ports", "warn", trouble.zh, trouble.en)
    return Finding("ports", "ok", f"端口 {port}、{port + 1} 空闲", f"Ports {port} and {port + 1} are free")


def worker(ground: Ground) -> Finding:
    """The worker's sign of life."""
    if ground.read_state() is None:
        return Finding("worker", "ok", "服务没有运行，后台进程不查", "Not checked while the service does not run")
    try:
        beat = json.loads((ground.folder / "worker.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Finding("worker", "fault", "后台进程还没有报到", "The worker has given no sign of life")
    age = time.time() - float(beat["at"])
    if age > BEAT_LIMIT_SECONDS:
        return Finding("worker", "fault", f"后台进程已 {age:.0f} 秒没有动静", f"The worker is silent for {age:.0f} s")
    if beat["faults"]:
        return Finding("worker", "warn", f"后台循环出过错：{beat['faults']}", f"Loops failed: {beat['faults']}")
    return Finding(
        "worker", "ok", f"后台进程正常，{len(beat['loops'])} 个循环", f"The worker works, {len(beat['loops'])} loops"
    )


def migrations() -> Finding:
    from xiucheng.run.prepare import pending_migrations

    waiting = pending_migrations()
    if waiting:
        return Finding(
            "migrations",
            "fault",
            f"有 {len(waiting)} 步数据库升级没做：重新启动服务即可",
            f"{len(waiting)} migrations wait",
        )
    return Finding("migrations", "ok", "数据表是最新的", "The tables are up to date")


def calendar() -> Finding:
    from django.utils import timezone

    from xiucheng.city.models import CalendarYear

    known = sorted(CalendarYear.objects.values_list("year", flat=True))
    year = timezone.localtime().year
    if year not in known:
        return Finding(
            "calendar", "fault", f"日历没有 {year} 年的节假日，时限会是暂定的：请录入", f"The calendar lacks {year}"
        )
    if year + 1 not in known:
        return Finding(
            "calendar",
            "warn",
            f"日历到 {known[-1]} 年；{year + 1} 年的节假日公布后请录入",
            f"The calendar ends with {known[-1]}",
        )
    return Finding(
        "calendar", "ok", f"日历已知 {known[0]}–{known[-1]} 年", f"The calendar knows {known[0]}–{known[-1]}"
    )


def _one(sql: str, *values: str | dt.datetime) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    assert row is not None
    return tuple(row)


def leases() -> Finding:
    """Work that was taken long ago and never given back."""
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=STUCK_SECONDS)
    (errands,) = _one("SELECT count(*) FROM cases_errand WHERE due_at < %s", since)
    (tried,) = _one("SELECT count(*) FROM cases_errand WHERE attempts >= 5")
    if errands or tried:
        return Finding(
            "leases",
            "fault",
            f"{errands} 件后台待办超过 10 分钟没办，{tried} 件屡试不成",
            f"{errands} errands wait too long",
        )
    return Finding("leases", "ok", "没有卡住的后台待办", "No errand is stuck")


def notices() -> Finding:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=STUCK_SECONDS)
    (late,) = _one(
        "SELECT count(*) FROM notices_notice WHERE state IN ('queued', 'sending') AND due_at < %s "
        "AND rung < jsonb_array_length(ladder)",
        since,
    )
    (failed,) = _one("SELECT count(*) FROM notices_notice WHERE state = 'failed'")
    if late:
        return Finding("notices", "fault", f"{late} 条通知超过 10 分钟没发出", f"{late} notices are late")
    if failed:
        return Finding("notices", "warn", f"{failed} 条通知没有送到，请到通知运行情况查看", f"{failed} notices failed")
    return Finding("notices", "ok", "通知队列正常", "The notice queue is fine")


def partitions() -> Finding:
    """Months of history that lie ahead have their own tables; none lies in the rest."""
    from django.utils import timezone

    ahead = (timezone.localtime() + dt.timedelta(days=62)).strftime("%Y%m")
    missing = [t for t in ("case_history", "notice_done") if _one("SELECT to_regclass(%s)", f"{t}_{ahead}") == (None,)]
    if missing:
        return Finding("partitions", "fault", f"{missing} 缺少 {ahead} 月的分区", f"{missing} lack the month {ahead}")
    return Finding("partitions", "ok", "历史分区齐全", "History has its months")


def phones() -> Finding:
    """Reporters of earlier reports are found by the keys that are made today."""
    from xiucheng.cases.actions import reporter_keys

    left, faulty = reporter_keys.to_renew()
    if left:
        zh = f"旧联系方式的查找键正在重算：还剩 {left} 条，后台会接着做"
        return Finding(
            "phones", "warn", zh, f"Keys of older contacts are made anew: {left} are left, the worker goes on"
        )
    if faulty:
        zh = f"有 {faulty} 条联系方式打不开，按它查不到人：请核对密钥文件是否来自同一份备份"
        return Finding("phones", "warn", zh, f"{faulty} contacts cannot be opened: do the secrets belong to this data?")
    return Finding("phones", "ok", "联系方式的查找键都是新的", "All contacts have today's keys")


def without_database(ground: Ground, port: int) -> Iterator[Finding]:
    yield python()
    yield libraries()
    yield postgres(ground)
    yield disk(ground)
    yield version(ground)
    yield secrets(ground)
    yield service(ground)
    yield ports(ground, port)
    yield worker(ground)


def with_database() -> Iterator[Finding]:
    found = migrations()
    yield found
    if found.level == "ok":
        yield calendar()
        yield leases()
        yield notices()
        yield partitions()
        yield phones()
