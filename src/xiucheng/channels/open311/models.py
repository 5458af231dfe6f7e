"""Keys of programs that report here (开放接口密钥)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Key(models.Model):
    """An API key with its requests per day; only its hash is kept."""

    name = models.CharField(_("使用方"), max_length=80)
    digest = models.BinaryField(unique=True, max_length=32)
    quota = models.PositiveIntegerField(_("每天最多次数"), default=1000)
    day = models.DateField(_("计数日"), null=True, blank=True)
    used = models.PositiveIntegerField(_("当天已用"), default=0)
    made_by = models.BigIntegerField(_("发放人"))
    made_at = models.DateTimeField(_("发放时间"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("开放接口密钥"), pgettext_lazy("several", "开放接口密钥")

    def __str__(self) -> str:
        return self.name
