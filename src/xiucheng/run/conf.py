"""Settings of the built-in database (内置数据库参数): small in memory, strict about what was acknowledged.

Sizes are chosen so that the whole service stays below 500 MB: 64 MB of shared buffers, no just-in-time compiler (it costs
tens of megabytes a connection), no extra I/O processes. An administrator's `ALTER SYSTEM` goes to `postgresql.auto.conf`
and wins over this file, which is written anew at each start.
"""

from pathlib import Path

IO_METHOD_SINCE = 18

SMALL = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "6MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "max_wal_size": "1GB",
    "min_wal_size": "80MB",
    "wal_compression": "on",
    "checkpoint_timeout": "10min",
    "autovacuum_max_workers": "2",
    "autovacuum_naptime": "20s",
    "idle_in_transaction_session_timeout": "120s",
    "client_connection_check_interval": "5s",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements may hold words of residents; they never enter a log
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_lock_waits": "off",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def settings_file(socket: Path, major: int, *, durable: bool) -> str:
    """The text of `postgresql.conf`; only the throw-away cluster of a test run is not durable."""
    lines = {
        **SMALL,
        **(DURABLE if durable else FLEETING),
        "unix_socket_directories": "'" + str(socket).replace("'", "''") + "'",
    }
    if major >= IO_METHOD_SINCE:
        lines["io_method"] = "sync"
    return "".join(f"{name} = {value}\n" for name, value in lines.items())
