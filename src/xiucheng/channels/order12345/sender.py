"""Each stage of an order goes back to 12345 (回传) as a notice: its number, where it stands, and at the end the result."""

from collections.abc import Mapping
from typing import Any, Final

from xiucheng.channels.order12345 import client, results
from xiucheng.channels.order12345.reader import NAME
from xiucheng.intake import accounts
from xiucheng.notices.port import Message, Receipt

MISSING: Final = Receipt("failed", "the order is not known here")


class Results:
    """The way out."""

    name = NAME

    def gather(self, message: Message) -> Mapping[str, Any]:
        """The order as it stands now."""
        found = results.of(message.address) if message.recipient_kind == "reporter" else None
        return {"order": found.facts()} if found else {}

    def send(self, message: Message) -> Receipt:
        """One stage; `id` is the same for every copy of it."""
        account = accounts.account(NAME)
        if account is None or not account.get("url"):
            return Receipt("failed", "no address for results: they go by sheet")
        order = message.facts.get("order")
        if not order:
            return MISSING
        content = {"type": "result" if order["ended"] else "stage", "id": message.key, "text": message.text, **order}
        return client.post(account, content)
