"""Runs the background jobs that are rows (后台任务): media, training, reports, periodic sweeps, through Procrastinate."""

import asyncio
import contextlib
import threading

CONCURRENCY = 1
POLL_SECONDS = 5.0


async def _work(stop: threading.Event) -> None:
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())
    async with worker_app.open_async():
        work = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLL_SECONDS,
                install_signal_handlers=False,
                listen_notify=False,
                delete_jobs="successful",
            )
        )
        while not stop.is_set() and not work.done():
            await asyncio.sleep(0.5)
        if not work.done():
            work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


def run_jobs(stop: threading.Event) -> None:
    """Work off jobs until told to stop; jobs of a worker that died are taken up again by Procrastinate's own sweep."""
    asyncio.run(_work(stop))
