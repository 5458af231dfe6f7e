"""Daily figures (日统计): `xiucheng manage figures --recompute` computes them anew from the history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Sum

from xiucheng.cases.actions.recompute import recompute
from xiucheng.cases.models import DayFigure


class Command(BaseCommand):
    help = "重算日统计 · compute the daily figures anew from the history"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--recompute", action="store_true", help="重算 · compute anew")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute if asked to, then print the sum of each measure."""
        if options["recompute"]:
            count = recompute()
            self.stdout.write(f"已重算 {count} 行 · {count} rows computed anew")
        for measure, total in DayFigure.objects.values_list("measure").annotate(Sum("count")).order_by("measure"):
            self.stdout.write(f"{measure:<14} {total}")
