"""What the platform understood of a report (分诊): proposals, what operators made of them, what was learned."""

from django.db import models

from xiucheng.cases.models import Case


class Proposal(models.Model):
    """The platform's proposal for a case (分诊建议), with its certainty (0–1) and its reasons."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="proposal")
    category_id = models.CharField(max_length=5, blank=True, default="")
    standard_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    urgency = models.PositiveSmallIntegerField(default=0)
    certainty = models.FloatField(default=0.0)
    place_certainty = models.FloatField(default=0.0)
    alternatives = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    similar = models.JSONField(default=list)
    understood = models.BooleanField(default=False)
    model = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "分诊建议"


class Correction(models.Model):
    """What an operator chose against what was proposed (纠正); the lesson of the night."""

    case = models.ForeignKey(Case, models.CASCADE)
    field = models.CharField(max_length=12)
    proposed = models.CharField(max_length=40, blank=True)
    chosen = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "分诊纠正"


class LearnedPlace(models.Model):
    """A name of a place that confirmed cases agree on (学到的地名); learned anew every night."""

    name = models.CharField(max_length=12, primary_key=True)
    lng = models.FloatField()
    lat = models.FloatField()
    cases = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "学到的地名"


class LearnedUnit(models.Model):
    """How many cases of a category people gave to a unit (学到的派遣), in a street or, with an empty one, in the whole district."""

    category_id = models.CharField(max_length=5)
    street = models.CharField(max_length=12, blank=True, default="")
    unit_id = models.BigIntegerField()
    cases = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "学到的派遣"
        constraints = [models.UniqueConstraint(fields=["category_id", "street", "unit_id"], name="learned_unit_once")]


class PictureLook(models.Model):
    """What a picture looks like (照片指纹), by the hash of its file; empty for a plain one."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    look = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "照片指纹"


class NotSame(models.Model):
    """A person looked at a likely same case and said no (不是同一个)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "不是同一个"
        constraints = [models.UniqueConstraint(fields=["case", "other"], name="not_same_once")]


class TwinWeights(models.Model):
    """How much each sign of the same problem counts (并案权重); the newest are in use."""

    at = models.DateTimeField()
    decisions = models.PositiveIntegerField()
    weights = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "并案权重"


class Model(models.Model):
    """A trained model (分诊模型); the newest accepted one is in use."""

    name = models.CharField(max_length=40, unique=True)
    trained_at = models.DateTimeField()
    accepted = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)
    body = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "分诊模型"
