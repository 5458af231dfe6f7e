"""Where staff can be reached (地址): a unit's or an account's own e-mail; reporters' addresses come sealed with the notice."""

import orjson
from django.contrib.auth import get_user_model

from xiucheng.city.registers import registers


def of(unsealed: str, channel: str) -> str:
    """The address that came with the notice: one for all channels, or one for each as JSON."""
    return str(orjson.loads(unsealed).get(channel, "")) if unsealed.startswith("{") else unsealed


def find(recipient_kind: str, recipient_key: str) -> str:
    """The e-mail of a unit or account; empty where there is none."""
    if recipient_kind == "unit" and recipient_key.isdigit():
        unit = registers().units.get(int(recipient_key))
        return unit.email if unit else ""
    if recipient_kind == "account" and recipient_key.isdigit():
        found = get_user_model().objects.filter(id=int(recipient_key), is_active=True).values_list("email", flat=True)
        return found.first() or ""
    return ""
