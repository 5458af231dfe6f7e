"""A mail server that keeps what it got (测试邮箱): the real peer of the channel `email`."""

import socket
from collections import Counter
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Counts mails by their Message-ID."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.controller: Controller | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one mail."""
        self.got[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 kept"

    def open(self) -> str:
        """Listen on a free port; gives the address for XIUCHENG_SMTP."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=port)
        self.controller.start()
        return f"smtp://127.0.0.1:{port}?from=centre@district.invalid"

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
