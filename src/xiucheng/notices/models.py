"""Outgoing notices as rows (通知): whom, what about, by which ladder of channels, how far it got.

Live rows stay in `Notice` so that their key stays unique; finished ones move to `notice_done`, partitioned by month.
"""

from django.db import models


class Notice(models.Model):
    """One message to one recipient (通知)."""

    class State(models.TextChoices):
        QUEUED = "queued", "待发"
        SENDING = "sending", "发送中"
        ACCEPTED = "accepted", "已接收"
        DELIVERED = "delivered", "已送达"
        READ = "read", "已读"
        FAILED = "failed", "失败"
        UNKNOWN = "unknown", "结果不明"

    key = models.CharField(max_length=120, unique=True)
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=40)
    recipient_kind = models.CharField(max_length=12)
    recipient_key = models.CharField(max_length=40)
    address_sealed = models.BinaryField(null=True)
    template = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    ladder = models.JSONField(default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=40, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        indexes = [
            models.Index(
                fields=["-urgent", "due_at"],
                name="notice_due",
                condition=models.Q(state__in=["queued", "sending", "unknown"]),
            ),
            models.Index(
                fields=["due_at"],
                name="notice_settled",
                condition=models.Q(state__in=["accepted", "delivered", "read", "failed", "unknown"]),
            ),
            models.Index(fields=["recipient_kind", "recipient_key", "-created_at"], name="notice_inbox"),
            models.Index(fields=["subject_kind", "subject_key"], name="notice_subject"),
        ]


class Attempt(models.Model):
    """One try on one channel (发送记录)."""

    notice_key = models.CharField(max_length=120, db_index=True)
    at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    result = models.CharField(max_length=10)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"


class NoticeDone(models.Model):
    """A finished notice (历史通知), partitioned by the month it was created in."""

    id = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=40)
    recipient_kind = models.CharField(max_length=12)
    recipient_key = models.CharField(max_length=40)
    template = models.CharField(max_length=40)
    facts = models.JSONField()
    state = models.CharField(max_length=10)
    attempts = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "notice_done"
        verbose_name = verbose_name_plural = "历史通知"
