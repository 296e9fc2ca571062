"""Pages rendered on the server: the templates and what they all share.

Templates hold no script and no style of their own, so that the content security policy of the server needs
no exception for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from maps import calendar, french, legend
from maps.web.assets import Assets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEMPLATES = Path(__file__).with_name("templates")


class FrenchSpaces(Extension):
    """Spaces that do not break before ":" and "»", narrow ones before ";", "?" and "!", after "«"."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source of a template with its typography mended; no template holds script or style."""
        del name, filename
        return french.spaced(source)


def environment(theme_dir: Path | None = None) -> Environment:
    """Where templates come from and what all of them may use; a theme's own templates come first."""
    folders = [TEMPLATES] if theme_dir is None else [theme_dir / "templates", TEMPLATES]
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        extensions=[FrenchSpaces],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(calendar=calendar, french=french, legend=legend)
    made.filters["source_name"] = _source_name
    made.tests["contains"] = _contains
    return made


def _source_name(source: str, names: Mapping[str, str]) -> str:
    """What people call a source of slots."""
    return names.get(source, source)


def _contains(values: Sequence[str], value: str) -> bool:
    return value in values


class Pages:
    """The pages of the server, with the files they load.

    A theme folder may hold `templates/`, `theme.css` and replacements of our files.
    """

    def __init__(self, *, theme_dir: Path | None = None, official: bool = False) -> None:
        self.assets = Assets(theme_dir=theme_dir)
        self._environment = environment(theme_dir)
        self._environment.globals.update(asset=self.assets.url, themed=self.assets.themed, official=official)

    def render(self, template: str, **values: Any) -> str:
        """The page as HTML; a value the template needs and does not get is an error."""
        return self._environment.get_template(template).render(**values)
