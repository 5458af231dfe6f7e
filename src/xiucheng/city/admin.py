"""The city's registers and settings for the system administrator (城市台账与参数)."""

from typing import Any

from django import forms
from django.contrib import admin

from xiucheng.audit.keeping import SECURITY, Kept
from xiucheng.audit.languages import said
from xiucheng.city import hours, models, registers
from xiucheng.city.circles import circles
from xiucheng.city.pinyin import sort_key
from xiucheng.rules.limits import parse_limit
from xiucheng.rules.refusals import Refused


class Register(Kept):
    """A register of the city: every process reads it again after a change."""

    def changed(self) -> None:
        """Count the generation up."""
        registers.touch()

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Names carry the key by which they are sorted."""
        if hasattr(obj, "pinyin") and hasattr(obj, "name"):
            obj.pinyin = sort_key(obj.name, type(obj)._meta.get_field("pinyin").max_length)
        super().save_model(request, obj, form, change)


@admin.register(models.Area)
class AreaRegister(Register):
    """Areas; their shapes come from the district pack."""

    readers = (SECURITY,)
    list_display = ("name", "code", "level", "parent")
    list_filter = ("level",)
    search_fields = ("name", "code", "pinyin")
    exclude = ("pinyin", "polygon")
    autocomplete_fields = ("parent",)


@admin.register(models.Cell)
class CellRegister(Register):
    """Grid cells; their shapes come from the district pack."""

    list_display = ("code", "community")
    search_fields = ("code",)
    autocomplete_fields = ("community",)
    exclude = ("polygon",)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """A cell without a shape is none."""
        return False


class Contacts(admin.TabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    """Contacts beside their unit, to look at; they are changed in their own register."""

    model = models.Contact
    extra = 0
    can_delete = False
    fields = readonly_fields = ("name", "role", "phone", "duty_number")

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Elsewhere."""
        return False

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Whoever sees the unit."""
        return True


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A unit never stands above itself, be it by way of others."""

    def clean_parent(self) -> models.Unit | None:
        """Walk upward from the new parent."""
        parent: models.Unit | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk is not None:
            above = dict(models.Unit.objects.values_list("pk", "parent_id")) | {self.instance.pk: parent.pk}
            if any(self.instance.pk in circle for circle in circles(above)):
                raise said(Refused("above_itself", unit=parent.name))
        return parent


@admin.register(models.Unit)
class UnitRegister(Register):
    """Units that handle."""

    form = UnitForm
    list_display = ("name", "short", "kind", "parent", "internal", "phone", "active")
    list_filter = ("kind", "internal", "active")
    search_fields = ("name", "short", "code", "pinyin")
    exclude = ("pinyin",)
    autocomplete_fields = ("parent", "area")
    inlines = (Contacts,)


@admin.register(models.Contact)
class ContactRegister(Register):
    """People and numbers of units."""

    list_display = ("name", "unit", "role", "phone", "duty_number")
    list_filter = ("duty_number",)
    search_fields = ("name", "unit__name", "phone")
    autocomplete_fields = ("unit",)


@admin.register(models.Category)
class CategoryRegister(Register):
    """The tree of categories."""

    list_display = ("code", "name", "plain", "kind", "level", "menu", "active")
    list_filter = ("kind", "level", "active")
    search_fields = ("code", "name", "plain", "pinyin")
    exclude = ("pinyin",)
    autocomplete_fields = ("parent",)


class StandardForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A standard's limit is written in words and read by the law."""

    def clean_limit_text(self) -> str:
        """The words must be a limit."""
        text = str(self.cleaned_data["limit_text"])
        try:
            self.instance.clock = parse_limit(text).clock
        except Refused as refusal:
            raise said(refusal) from None
        return text


@admin.register(models.Standard)
class StandardRegister(Register):
    """Filing conditions with limits and closing conditions."""

    form = StandardForm
    list_display = ("code", "category", "filing_condition", "limit_text", "closing_condition", "active")
    list_filter = ("active", "clock", "category__kind")
    search_fields = ("code", "filing_condition", "category__name")
    autocomplete_fields = ("category",)
    readonly_fields = ("clock", "limit_seconds", "season", "first_step")

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """The law's reading of the limit goes with its words. A running clock keeps the limit it began with."""
        limit = parse_limit(obj.limit_text)
        obj.clock, obj.limit_seconds = limit.clock, limit.seconds
        obj.season, obj.first_step = limit.season, limit.first_step
        super().save_model(request, obj, form, change)


@admin.register(models.Duty)
class DutyRegister(Register):
    """Who handles what where."""

    list_display = ("category", "unit", "area", "weight")
    list_filter = ("unit__kind",)
    search_fields = ("category__name", "unit__name", "area__name")
    autocomplete_fields = ("unit", "category", "area")


@admin.register(models.Component)
class ComponentRegister(Register):
    """Lamps, covers, railings with their owners."""

    list_display = ("code", "category", "owner", "place", "active")
    list_filter = ("active",)
    search_fields = ("code", "place", "owner__name")
    autocomplete_fields = ("category", "owner", "cell")


@admin.register(models.Landmark)
class LandmarkRegister(Register):
    """Names of places that people use."""

    list_display = ("name", "kind", "area", "aliases")
    list_filter = ("kind",)
    search_fields = ("name", "pinyin")
    exclude = ("pinyin", "line")
    autocomplete_fields = ("area",)


@admin.register(models.CalendarYear)
class YearRegister(Register):
    """Years whose holidays are complete; deadlines in other years are provisional."""

    list_display = ("year", "source")


@admin.register(models.CalendarDay)
class DayRegister(Register):
    """Holidays and make-up workdays. Deadlines that run move only by the desk's own page, after a preview."""

    list_display = ("date", "name", "workday")
    list_filter = ("workday", "name")
    date_hierarchy = "date"


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A setting that would bring the law to a stand is refused."""

    def clean(self) -> dict[str, Any]:
        """Check the value by its key."""
        facts = super().clean() or {}
        key = str(facts.get("key") or self.instance.key)
        if "value" in facts:
            try:
                hours.check(key, facts["value"])
            except Refused as refusal:
                raise said(refusal) from None
        return facts


@admin.register(models.Setting)
class SettingRegister(Register):
    """Settings of this district."""

    form = SettingForm
    list_display = ("key", "value", "note")
    search_fields = ("key", "note")


@admin.register(models.Text)
class TextRegister(Register):
    """Texts of this district."""

    list_display = ("key", "language", "body")
    list_filter = ("language",)
    search_fields = ("key", "body")


@admin.register(models.ReplyTemplate)
class ReplyRegister(Register):
    """Ready answers."""

    list_display = ("code", "purpose", "title")
    list_filter = ("purpose",)
    search_fields = ("title", "body")


@admin.register(models.Knowledge)
class KnowledgeRegister(Register):
    """Questions that people ask."""

    list_display = ("code", "question", "public")
    list_filter = ("public",)
    search_fields = ("question", "answer")


@admin.register(models.Word)
class WordRegister(Register):
    """Words the platform watches for."""

    list_display = ("word", "purpose", "weight", "whose")
    list_filter = ("purpose",)
    search_fields = ("word", "whose")


@admin.register(models.Example)
class ExampleRegister(Register):
    """Sentences from which triage starts."""

    list_display = ("words", "category")
    search_fields = ("words", "category__name")
    autocomplete_fields = ("category",)
