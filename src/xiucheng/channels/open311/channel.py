"""The channel as the house knows it (渠道): what comes in is worked off while the client waits, so nothing lies in the queue."""

from collections.abc import Iterator
from typing import Final

from xiucheng.channels.open311 import client, forward
from xiucheng.channels.open311.client import PeerFault
from xiucheng.channels.open311.models import Key
from xiucheng.city.registers import registers
from xiucheng.intake import accounts
from xiucheng.intake.port import Arrived, Poller, Proof, Worked

POLLER: Final = Poller("open311", 15.0, forward.look)


class Open311:
    """Open311 GeoReport v2."""

    name, title = "open311", "Open311 开放接口"

    def work(self, arrived: Arrived) -> Worked:
        """Nothing waits."""
        return Worked()

    def check(self) -> Iterator[Proof]:
        """Whether anybody can report here, and whether each other city's server answers and knows our services."""
        working = Key.objects.filter(revoked_at=None).count()
        yield Proof(working > 0, f"有效密钥 {working} 个", f"Working keys: {working}")
        units = {unit.code for unit in registers().units.values()}
        for peer in client.peers(accounts.account(self.name)):
            known = peer.unit in units
            yield Proof(known, f"{peer.name}：单位 {peer.unit}", f"{peer.name}: unit {peer.unit}")
            try:
                codes = {row.get("service_code") for row in client.get(peer, "services")}
            except PeerFault as fault:
                yield Proof(False, f"{peer.name}：{fault.said}", f"{peer.name}: HTTP {fault.status or 'no answer'}")
                continue
            lacking = sorted({peer.service_code, *peer.services.values()} - codes - {""})
            yield Proof(
                not lacking,
                f"{peer.name}：服务 {len(codes)} 项，缺 {lacking}",
                f"{peer.name}: {len(codes)} services, lacking {lacking}",
            )
