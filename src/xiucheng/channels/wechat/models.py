"""Who reported what by WeChat (我的上报), so that 进度 needs no code; a person is known by a keyed hash only."""

from django.db import models


class Mine(models.Model):
    """One report of one person."""

    account = models.CharField(max_length=64)
    person_blind = models.BinaryField()
    token = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person_blind", "token"], name="wechat_mine_once")]
