"""The channel as the house knows it (渠道): what comes in is worked off while the client waits, so nothing lies in the queue."""

from collections.abc import Iterator

from xiucheng.channels.open311.models import Key
from xiucheng.intake.port import Arrived, Proof, Worked


class Open311:
    """Open311 GeoReport v2."""

    name, title = "open311", "Open311 开放接口"

    def work(self, arrived: Arrived) -> Worked:
        """Nothing waits."""
        return Worked()

    def check(self) -> Iterator[Proof]:
        """Whether anybody can report here."""
        working = Key.objects.filter(revoked_at=None).count()
        yield Proof(working > 0, f"有效密钥 {working} 个", f"Working keys: {working}")
