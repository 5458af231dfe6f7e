"""Tokens of machines (接口令牌): a machine acts as the account that the security administrator gave it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xiucheng.people.models import Account


class Token(models.Model):
    """A key for the JSON API; only its hash is kept."""

    name = models.CharField(_("用途"), max_length=80)
    digest = models.BinaryField(unique=True, max_length=32)
    account = models.ForeignKey(Account, models.CASCADE, related_name="api_tokens", verbose_name=_("账号"))
    posts = models.JSONField(_("只限岗位"), default=list, blank=True)
    made_by = models.BigIntegerField(_("发放人"))
    made_at = models.DateTimeField(_("发放时间"))
    expires_at = models.DateTimeField(_("有效至"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True, help_text=_("精确到小时"))

    class Meta:
        verbose_name, verbose_name_plural = _("接口令牌"), pgettext_lazy("several", "接口令牌")

    def __str__(self) -> str:
        return self.name
