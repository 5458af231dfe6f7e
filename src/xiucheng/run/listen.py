"""Where the service may listen (监听地址): looks before anything is started, so that what is wrong is one sentence."""

import errno
import socket

from xiucheng.run.trouble import Trouble

HIGHEST_PORT = 65535


def address(host: str) -> str:
    """The number behind a name like `localhost`: the web server understands numbers only."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Trouble("no_such_host", host=host) from error
    return str(min(found, key=lambda one: one[0] != socket.AF_INET)[4][0])


def another(port: int) -> int:
    """A port that may be named instead."""
    return port + 10 if port + 11 <= HIGHEST_PORT else port - 20


def check_numbers(port: int, live_port: int) -> None:
    """Raise Trouble when one of the two cannot be a port."""
    for wanted in (port, live_port):
        if not 1 <= wanted <= HIGHEST_PORT:
            raise Trouble("bad_port", port=wanted)
    if port == live_port:
        raise Trouble("same_port", port=port)


def check_port(host: str, port: int, other: int) -> None:
    """Raise Trouble when somebody listens there already, or nobody may."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _trouble(error, host, port, other) from error


def _trouble(error: OSError, host: str, port: int, other: int) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        return Trouble("port_in_use", port=port, other=other)
    if error.errno == errno.EACCES:
        return Trouble("port_reserved", port=port)
    return Trouble("no_such_host", host=host)
