"""Who looked at or changed what (审计); rows are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Look(models.Model):
    """One look at masked data (查看记录): who, whose, which field and why."""

    at = models.DateTimeField()
    account_id = models.BigIntegerField(_("账号"))
    subject_kind = models.CharField(_("对象"), max_length=20)
    subject_key = models.CharField(_("编号"), max_length=40)
    field = models.CharField(_("字段"), max_length=40)
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = _("查看记录"), pgettext_lazy("several", "查看记录")
        indexes = [models.Index(fields=["account_id", "at"]), models.Index(fields=["subject_kind", "subject_key"])]


class Change(models.Model):
    """One change of a register or setting (变更记录)."""

    at = models.DateTimeField()
    account_id = models.BigIntegerField(_("账号"), null=True)
    table = models.CharField(_("表"), max_length=60)
    key = models.CharField(_("编号"), max_length=80)
    act = models.CharField(_("动作"), max_length=20)
    before = models.JSONField(_("原值"), default=dict)
    after = models.JSONField(_("新值"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("变更记录"), pgettext_lazy("several", "变更记录")
        indexes = [models.Index(fields=["table", "key"]), models.Index(fields=["at"])]
