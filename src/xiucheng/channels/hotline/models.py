"""Calls and what the centre owes their callers (话务): numbers are sealed and found by their keyed hash."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce


class Call(models.Model):
    """One call (来电), known by the telephone system's own id; `rung` are the accounts at whose seats it has rung."""

    call_id = models.CharField("通话编号", max_length=120, unique=True)
    created_at = models.DateTimeField("收到时间")
    rang_at = models.DateTimeField("振铃", null=True)
    answered_at = models.DateTimeField("接听", null=True)
    ended_at = models.DateTimeField("挂断", null=True)
    caller_sealed = models.BinaryField("来电号码", null=True)
    caller_blind = models.BinaryField(null=True)
    agent = models.CharField("坐席", max_length=20, blank=True, default="")
    agent_rank = models.PositiveSmallIntegerField(default=0)
    agent_at = models.DateTimeField(null=True)
    account_id = models.BigIntegerField("受理员", null=True)
    rung = models.JSONField("振铃坐席", default=list)
    outcome = models.CharField("处理结果", max_length=12, blank=True, default="")
    recording_sealed = models.BinaryField("录音地址", null=True)
    recording = models.CharField("录音文件", max_length=64, blank=True, default="")
    settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = "通话"
        indexes = [
            models.Index(fields=["created_at"], name="call_newest"),
            models.Index(Coalesce("rang_at", "answered_at", "ended_at", "created_at"), name="call_day"),
            models.Index(fields=["caller_blind"], name="call_caller", condition=Q(caller_blind__isnull=False)),
            models.Index(fields=["created_at"], name="call_unsettled", condition=Q(settled=False)),
            models.Index(fields=["created_at"], name="call_recorded", condition=~Q(recording="")),
        ]


class CallReport(models.Model):
    """A report that was taken in during a call (通话登记)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="reports")
    case_id = models.BigIntegerField("案件")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "通话登记"
        constraints = [models.UniqueConstraint(fields=["call", "case_id"], name="call_report_once")]
        indexes = [models.Index(fields=["case_id"], name="call_report_case")]


class CallTask(models.Model):
    """What is still to be done about a call (话务任务): call back who was missed, write down what nobody wrote down."""

    class Kind(models.TextChoices):
        MISSED = "missed", "未接来电，要回电"
        NO_FORM = "no_form", "接了电话没有登记"

    call = models.ForeignKey(Call, models.CASCADE, related_name="tasks")
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    account_id = models.BigIntegerField("承办人", null=True)
    created_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("最晚")
    done_at = models.DateTimeField("完成", null=True)
    done_by = models.BigIntegerField("办理人", null=True)
    result = models.CharField("结果", max_length=12, blank=True, default="")
    tries = models.PositiveSmallIntegerField("打过几次", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "话务任务"
        constraints = [models.UniqueConstraint(fields=["call", "kind"], name="call_task_once")]
        indexes = [models.Index(fields=["due_at"], name="call_task_open", condition=Q(done_at=None))]


class Seat(models.Model):
    """Who sits at which extension (坐席); one person at one, the last to sit down counts."""

    extension = models.CharField("分机", max_length=20, primary_key=True)
    account_id = models.BigIntegerField("受理员", unique=True)
    since = models.DateTimeField("就座时间")

    class Meta:
        verbose_name = verbose_name_plural = "坐席"
