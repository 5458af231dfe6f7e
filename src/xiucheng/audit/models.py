"""Who looked at or changed what (审计); rows are only ever added."""

from django.db import models


class Look(models.Model):
    """One look at masked data (查看记录): who, whose, which field and why."""

    at = models.DateTimeField()
    account_id = models.BigIntegerField("账号")
    subject_kind = models.CharField("对象", max_length=20)
    subject_key = models.CharField("编号", max_length=40)
    field = models.CharField("字段", max_length=40)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "查看记录"
        indexes = [models.Index(fields=["account_id", "at"]), models.Index(fields=["subject_kind", "subject_key"])]


class Change(models.Model):
    """One change of a register or setting (变更记录)."""

    at = models.DateTimeField()
    account_id = models.BigIntegerField("账号", null=True)
    table = models.CharField("表", max_length=60)
    key = models.CharField("编号", max_length=80)
    act = models.CharField("动作", max_length=20)
    before = models.JSONField("原值", default=dict)
    after = models.JSONField("新值", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "变更记录"
        indexes = [models.Index(fields=["table", "key"]), models.Index(fields=["at"])]
