"""What import-linter cannot see: models, migrations, templates and SQL-free strings that reach a room below (房间次序)."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

import xiucheng

ROOT = Path(xiucheng.__file__).parent
ORDER = (
    "rules", "audit", "city", "people", "notices", "cases", "triage", "intake", "dispatch", "oversight", "patrol",
    "neighbours", "trucks", "cameras", "insight", "evaluation", "channels", "pages", "live", "portal", "desk", "field",
    "board", "api", "run",
)  # fmt: skip
FACES = frozenset({"portal", "desk", "field", "board", "api"})
STRANGERS = (FACES, frozenset({"patrol", "neighbours", "trucks", "cameras"}))
RULES_MAY_IMPORT = frozenset({"numpy", "xiucheng"})
INCLUDES = re.compile(r"""{%-?\s*(?:include|extends|import|from)\s+["']([a-z_]+)/""")
SETTINGS = "xiucheng.run.settings"  # where Django looks, said by processes of their own
DOTTED = re.compile(r"^xiucheng\.([a-z_]+)\.[\w.:]+$")


def may_use(room: str, other: str) -> bool:
    """Whether a room may use another one."""
    if room == other or other not in ORDER or room not in ORDER:
        return True
    if any(room in group and other in group for group in STRANGERS):
        return False
    return ORDER.index(other) < ORDER.index(room)


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def test_rooms_are_all_in_the_order() -> None:
    found = {p.name for p in ROOT.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert sorted(found - set(ORDER)) == []


def test_models_refer_upward_only() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        room = model.__module__.split(".")
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if other is None or field.auto_created or room[0] != "xiucheng" or not hasattr(other, "__module__"):
                continue
            there = other.__module__.split(".")
            if there[0] == "xiucheng" and not may_use(room[1], there[1]):
                wrong.append(f"{model.__name__}.{field.name} -> {other.__name__}")
    assert wrong == []


def test_migrations_depend_upward_only() -> None:
    loader = MigrationLoader(None)
    rooms = {config.label: config.name.split(".")[1] for config in apps.get_app_configs() if "xiucheng" in config.name}
    wrong = [
        f"{label}.{name} -> {on[0]}.{on[1]}"
        for (label, name), migration in loader.disk_migrations.items()
        for on in migration.dependencies
        if label in rooms and on[0] in rooms and not may_use(rooms[label], rooms[on[0]])
    ]
    assert wrong == []


def test_templates_include_upward_only() -> None:
    wrong = [
        f"{template.relative_to(ROOT)} -> {other}"
        for template in ROOT.glob("*/templates/**/*.*")
        if template.is_file()
        for other in INCLUDES.findall(template.read_text(encoding="utf-8"))
        if not may_use(room_of(template), other)
    ]
    assert wrong == []


def test_dotted_names_in_strings_point_upward_only() -> None:
    wrong = []
    for module in ROOT.glob("**/*.py"):
        if "migrations" in module.parts:
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = DOTTED.match(node.value)
                if found and node.value != SETTINGS and not may_use(room_of(module), found[1]):
                    wrong.append(f"{module.relative_to(ROOT)}: {node.value}")
    assert wrong == []


def test_law_imports_nothing_but_the_standard_library_and_numpy() -> None:
    import sys

    wrong = []
    for module in (ROOT / "rules").glob("**/*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                if top not in sys.stdlib_module_names | RULES_MAY_IMPORT or (
                    name.startswith("xiucheng.") and name.split(".")[1] != "rules"
                ):
                    wrong.append(f"{module.name}: {name}")
    assert wrong == []


@pytest.mark.parametrize("limit", [400])
def test_modules_stay_short(limit: int) -> None:
    found = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in ROOT.glob("**/*.py")}
    assert {name: lines for name, lines in found.items() if lines > limit and "migrations" not in name} == {}


def test_functions_stay_short() -> None:
    """Fifty lines, the list of arguments and the docstring aside."""
    wrong = []
    for module in ROOT.glob("**/*.py"):
        if "migrations" in module.parts:
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                if (node.end_lineno or 0) - body[0].lineno + 1 > 50:
                    wrong.append(f"{module.relative_to(ROOT)}:{node.name}")
    assert wrong == []


def test_modules_all_say_what_they_are() -> None:
    wrong = [
        str(p.relative_to(ROOT))
        for p in ROOT.glob("**/*.py")
        if p.stat().st_size
        and "migrations" not in p.parts
        and not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))
    ]
    assert wrong == []
