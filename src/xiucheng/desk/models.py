"""What a person keeps at the desk (个人设置): saved views."""

from django.db import models

from xiucheng.people.models import Account


class SavedView(models.Model):
    """A queue with filters that somebody wants again (常用视图)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="views", verbose_name="账号")
    name = models.CharField("名称", max_length=30)
    tab = models.CharField("队列", max_length=16)
    query = models.CharField("筛选", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name
