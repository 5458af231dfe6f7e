"""Events that another platform gave us (交换的事件): its number, its deadline, how far its stages were sent back."""

from django.db import models


class Exchanged(models.Model):
    """One event of one partner; `sent` and `main_sent` are the last history rows that were told, of its own case and the main one."""

    partner = models.CharField("平台", max_length=30)
    number = models.CharField("对方编号", max_length=48)
    case_id = models.BigIntegerField()
    sent = models.IntegerField(default=0)
    main_id = models.BigIntegerField(null=True)
    main_sent = models.IntegerField(default=0)
    due_at = models.DateTimeField("对方期限", null=True)
    received_at = models.DateTimeField("收到时间")
    done = models.BooleanField("不再跟踪", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "交换的事件"
        constraints = [models.UniqueConstraint(fields=["partner", "number"], name="exchanged_once")]
        indexes = [models.Index(fields=["case_id"], name="exchanged_live", condition=models.Q(done=False))]
