"""Keys of programs that report here (开放接口密钥), and cases handed to another city's server (转出)."""

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


class Forward(models.Model):
    """A case that another city's server was given (转出): what it is called there and how far it is said to be.

    `again` is the step of ours (rework, reopen) that the other city must still hear of; a closed one is asked for no more.
    """

    case_id = models.BigIntegerField()
    peer = models.CharField(max_length=40)
    request_id = models.CharField(max_length=80, blank=True, default="")
    token = models.CharField(max_length=80, blank=True, default="")
    status = models.CharField(max_length=200, blank=True, default="")
    again = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "转出"
        constraints = [models.UniqueConstraint(fields=["case_id", "peer"], name="forward_once")]
        indexes = [models.Index(fields=["due_at"], name="forward_due", condition=models.Q(closed_at=None))]
