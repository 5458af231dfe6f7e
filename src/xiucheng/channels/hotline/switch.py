"""A line to an Asterisk (交换机连接): log in, learn what stands, then follow; after a break all over again."""

import contextlib
import datetime as dt
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.db import OperationalError, connection

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.ami import Block, Blocks, Broken, Translator, action, answer_to
from xiucheng.channels.hotline.inlet import take
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock
from xiucheng.intake import accounts
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits

TIMEOUT: Final = 10.0
TICK: Final = 0.2
PING: Final = 20.0
SILENT: Final = 60.0
LONGEST_WAIT: Final = 30.0
logger = logging.getLogger("xiucheng.intake")


class Line:
    """One connection that has logged in."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        host, _, port = str(account["ami"]).partition(":")
        self.peer = socket.create_connection((host, int(port or limits("hotline")["ami_port"])), TIMEOUT)
        self.blocks, self.waiting = Blocks(), list[Block]()
        try:
            self._log_in(str(account.get("ami_user", "")), str(account.get("ami_secret", "")))
        except BaseException:
            self.peer.close()
            raise

    def _log_in(self, user: str, secret: str) -> None:
        given = self.ask("Challenge", AuthType="MD5").get("Challenge", "")
        if (
            self.ask("Login", AuthType="MD5", Username=user, Key=answer_to(given, secret), Events="on")["Response"]
            != "Success"
        ):
            raise Broken("AMI 拒绝登录，请核对 ami_user 和 ami_secret")

    def ask(self, name: str, **given: str) -> Block:
        """Say something and wait for the answer to it; what else comes meanwhile is kept."""
        self.peer.sendall(action(name, ActionID=name, **given))
        return self.waiting.pop(self._until(lambda block: "Response" in block and block.get("ActionID", name) == name))

    def standing(self) -> list[Block]:
        """All channels that there are now."""
        self.ask("CoreShowChannels")
        end = self._until(lambda block: block.get("Event") == "CoreShowChannelsComplete")
        listed = [block for block in self.waiting[:end] if block.get("Event") == "CoreShowChannel"]
        self.waiting = [block for block in self.waiting[:end] if block not in listed] + self.waiting[end + 1 :]
        return listed

    def _until(self, wanted: Callable[[Block], bool]) -> int:
        """Read on until there is such a block; gives its place among those that wait."""
        until, seen = time.monotonic() + TIMEOUT, 0
        while time.monotonic() < until:
            for place in range(seen, len(self.waiting)):
                if wanted(self.waiting[place]):
                    return place
            seen = len(self.waiting)
            self.waiting += self.read()
        raise Broken("AMI 没有回答")

    def read(self) -> list[Block]:
        """What has come within a moment. Raises Broken when the other side has gone."""
        self.peer.settimeout(TICK)
        try:
            more = self.peer.recv(65_536)
        except TimeoutError:
            return []
        if not more:
            raise Broken("AMI 连接断开")
        return list(self.blocks.feed(more))

    def follow(self, stop: threading.Event) -> Iterator[Block]:
        """Every block until told to stop; raises Broken when nothing comes, not even the answer to a ping."""
        heard = pinged = time.monotonic()
        while not stop.is_set():
            kept, self.waiting = self.waiting, []
            came = [*kept, *self.read()]
            yield from came
            now = time.monotonic()
            heard = now if came else heard
            if now - heard > SILENT:
                raise Broken("AMI 很久没有声音")
            if now - pinged > PING:
                self.peer.sendall(action("Ping"))
                pinged = now


def follow(stop: threading.Event) -> None:
    """The worker's loop: stay on the line as long as the account names one."""
    wait = 1.0
    while not stop.is_set():
        account = accounts.account("hotline")
        if account is None or not account.get("ami"):
            stop.wait(2.0)
            continue
        try:
            on_the_line(account, stop)
            wait = 1.0
        except OperationalError:
            connection.close()
        except (OSError, Broken, ValueError) as fault:
            logger.warning("the switch is away: %s", type(fault).__name__)
            states.failed("hotline", str(fault) if isinstance(fault, Broken) else f"AMI 连不上：{type(fault).__name__}")
        stop.wait(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def on_the_line(account: Mapping[str, Any], stop: threading.Event) -> None:
    """One connection from log-in to its end."""
    told = Translator(frozenset(str(seat) for seat in account.get("seats", [])), clock.now)
    line = Line(account)
    with contextlib.closing(line.peer):
        for event in told.resume(line.standing(), open_calls()):
            take(codec.write(event))
        states.looked("hotline")
        for block in line.follow(stop):
            for event in told.read(block):
                take(codec.write(event))


def open_calls() -> list[str]:
    """Calls whose end nobody has told yet."""
    since = clock.now() - dt.timedelta(hours=limits("hotline")["longest_call_hours"])
    return list(Call.objects.filter(ended_at=None, created_at__gt=since).values_list("call_id", flat=True))
