"""The project against its own rules: sizes, names, settings, locks, documentation."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import typer.main
from pydantic_settings import BaseSettings

from cli.main import app
from core import settings
from core.db.migrate import MIGRATIONS

ROOT = Path(__file__).resolve().parents[3]
ROOMS = (
    "core",
    "geo",
    "care",
    "ingest",
    "search",
    "slots",
    "participation",
    "demo",
    "maps",
    "api",
    "bench",
    "cli",
)
MOST_LINES = 400
_STATEMENT = re.compile(r"^-- name: ([a-z][a-z0-9_]*)\s*$", re.MULTILINE)
# Dynamic names: `QUERIES[f"…"]` is composed from one of these beginnings.
_FORMATTED = re.compile(r"""\bf["']([a-z_0-9]*)\{""")


# What a checkout holds besides the project, when git is not there to tell (an archive of a release).
_NOT_OURS = {
    ".git",
    ".venv",
    "node_modules",
    ".sas",
    "__pycache__",
    ".hypothesis",
    ".pytest_cache",
    ".ruff_cache",
}


@cache
def _project_files() -> tuple[Path, ...]:
    """Files of the project: those git tracks or would, else all but what tools leave behind."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        found = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """Files of the project whose path matches one of the patterns (`*` goes through folders)."""
    found = tuple(
        path
        for path in _project_files()
        if any(fnmatch(path.relative_to(ROOT).as_posix(), pattern) for pattern in patterns)
    )
    assert _project_files()
    return found


def test_no_python_file_is_longer_than_a_reader_bears():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long


def test_no_file_is_named_after_nothing():
    vague = {"utils", "util", "common", "misc", "helpers", "manager"}
    assert not [path for path in tracked("*.py") if path.stem in vague]


@pytest.mark.parametrize("room", ROOMS)
def test_every_sql_statement_of_a_room_is_used_and_named_once(room: str):
    names: list[str] = []
    for path in tracked(f"{room}/*.sql"):
        if path.parent != MIGRATIONS and path.name != "schema.sql":
            names.extend(_STATEMENT.findall(path.read_text()))
    code = "\n".join(path.read_text() for path in tracked("*.py") if "tests" not in path.parts)
    beginnings = tuple(filter(None, _FORMATTED.findall(code)))
    unused = [
        name for name in names if f'"{name}"' not in code and not (beginnings and name.startswith(beginnings))
    ]
    assert not unused
    by_folder = {
        folder: [
            name
            for path in tracked(f"{room}/*.sql")
            if path.parent == folder
            for name in _STATEMENT.findall(path.read_text())
        ]
        for folder in {path.parent for path in tracked(f"{room}/*.sql")} - {MIGRATIONS}
    }
    assert not [name for names in by_folder.values() for name in set(names) if names.count(name) > 1]


def test_migrations_are_numbered_without_a_hole_and_each_depends_on_the_one_before():
    files = sorted(MIGRATIONS.glob("*.sql"))
    assert [path.name[:4] for path in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*", path.stem) for path in files)
    for before, after in pairwise(files):
        assert after.read_text().startswith(f"-- depends: {before.stem}\n"), after.name


def test_sql_stays_within_postgresql_14():
    for path in tracked("*.sql"):
        found = re.search(r"^MERGE INTO|NULLS NOT DISTINCT|security_invoker", path.read_text(), re.MULTILINE)
        assert not found, f"{path.name}: {found and found[0]} (docs/decisions/0004)"


def _settings_classes() -> list[type[BaseSettings]]:
    return [
        value
        for name, value in vars(settings).items()
        if isinstance(value, type) and issubclass(value, BaseSettings) and name.endswith("Settings")
        and value.__module__ == settings.__name__
    ]  # fmt: skip


def test_the_example_of_settings_is_the_settings():
    wanted = {
        f"SAS_{name}".upper(): field.default
        for cls in _settings_classes()
        for name, field in cls.model_fields.items()
    }
    assert len(wanted) > 3
    example = (ROOT / ".env.example").read_text()
    written = dict(re.findall(r"^# ?(SAS_\w+)=(.*)$", example, re.MULTILINE))
    assert sorted(written) == sorted(wanted)
    for name, default in wanted.items():
        shown = "" if default is None else str(default).lower() if isinstance(default, bool) else str(default)
        assert written[name] == shown, name


def test_every_setting_is_described():
    bare = [
        f"{cls.__name__}.{name}"
        for cls in _settings_classes()
        for name, field in cls.model_fields.items()
        if not field.description
    ]
    assert not bare


def _verbs() -> list[str]:
    command = typer.main.get_command(app)
    return sorted(getattr(command, "commands", {}))


def test_every_verb_is_documented():
    page = (ROOT / "docs" / "operations.md").read_text()
    assert _verbs()
    assert not [verb for verb in _verbs() if f"`sas {verb}" not in page]


def test_lock_files_name_no_registry():
    for name in (
        "requirements/runtime.txt",
        "requirements/dev.txt",
        "requirements/addok.txt",
        "package-lock.json",
    ):
        text = (ROOT / name).read_text()
        assert "sha512-" in text or "--hash=sha256:" in text
        assert not re.search(r"https?://", text.replace('"url": "https://', "")), name
        assert '"resolved"' not in text, name


def test_the_two_locks_agree_on_every_version():
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text()
        return dict(re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,-]+\])?)==(\S+)", text, re.MULTILINE))

    runtime, dev = versions("runtime.txt"), versions("dev.txt")
    assert runtime
    assert {name: dev.get(name) for name in runtime} == runtime


def test_no_page_of_the_documentation_names_a_path_of_somebody_s_machine():
    for path in tracked("*.md", "docs/*", "*.toml", "*.sh", "Makefile"):
        if path.suffix in {".png", ".jpg", ".svg"}:
            continue
        found = re.search(r"/(home|Users|work|root)/\w+", path.read_text())
        assert not found, f"{path.name}: {found and found[0]}"


def test_every_local_link_of_the_documentation_leads_somewhere():
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} → {target}"


def test_every_target_of_make_has_its_line_of_help():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    for target in phony[1].split():
        if not target.startswith("setup-"):
            assert re.search(rf"^{target}:.*## \S", makefile, re.MULTILINE), target


def test_what_ci_runs_is_what_a_newcomer_runs():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]
