"""The inbox inside the system (站内): a notice is delivered as soon as it is written; opening it is the read receipt."""

from xiucheng.notices.port import Message, Receipt


class Inapp:
    """Delivers at once."""

    name = "inapp"

    def send(self, message: Message) -> Receipt:
        """A reporter has no inbox; everybody else has."""
        if message.recipient_kind == "reporter":
            return Receipt("failed", "a reporter has no inbox")
        return Receipt("delivered")
