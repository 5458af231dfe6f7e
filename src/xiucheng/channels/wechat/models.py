"""Who reported what by WeChat (我的上报), so that 进度 needs no code, and what must be listened to; a person is known by a keyed hash only."""

from django.db import models


class Mine(models.Model):
    """One report of one person."""

    account = models.CharField(max_length=64)
    person_blind = models.BinaryField()
    token = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "person_blind", "token"], name="wechat_mine_once")]


class Clip(models.Model):
    """A voice or a video (语音、视频), sealed; `name` is its address, `once` the message that brought it."""

    name = models.CharField(max_length=24, unique=True)
    once = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8)
    sealed = models.BinaryField()
    at = models.DateTimeField()
