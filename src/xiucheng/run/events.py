"""The live events over HTTP (实时推送服务): uvicorn with one process.

`python -m xiucheng.run.events HOST PORT`, or forked by `run/first.py`.
"""

import sys


def main(arguments: list[str]) -> None:
    """Serve events until told to stop; open streams are cut, browsers come back by themselves."""
    import uvicorn

    uvicorn.run(
        "xiucheng.live.asgi:application",
        host=arguments[0],
        port=int(arguments[1]),
        log_level="warning",
        access_log=False,
        lifespan="auto",
        timeout_graceful_shutdown=2,
        server_header=False,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
