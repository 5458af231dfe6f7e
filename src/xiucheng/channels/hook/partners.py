"""The partners (对接方) as `channels.toml` names them: `[hook.partners.NAME]` with secret, address, quota."""

from dataclasses import dataclass
from typing import Final

from xiucheng.channels.hook import codec
from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits

NAME: Final = "hook"


@dataclass(frozen=True, slots=True)
class Partner:
    """One system that we talk to; without `url` it only sends."""

    id: str
    name: str
    secret: str
    url: str
    per_minute: int


def partners() -> dict[str, Partner]:
    """All partners by their key id; none while the channel is off."""
    found = (accounts.account(NAME) or {}).get("partners")
    if not isinstance(found, dict):
        return {}
    usual = int(limits(NAME)["per_minute"])
    return {
        key: Partner(
            key, str(row.get("name") or key)[:40], str(row.get("secret", "")), str(row.get("url", "")),
            int(row.get("per_minute", usual)),
        )
        for key, row in found.items()
        if isinstance(row, dict) and codec.partner_id(key) and not row.get("off")
    }  # fmt: skip
