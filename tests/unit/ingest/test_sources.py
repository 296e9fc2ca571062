from __future__ import annotations

from pathlib import Path

import pytest

from ingest.registry import roads

_PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(roads()))
def test_each_source_is_described_in_the_documentation_with_its_page(name: str) -> None:
    source = roads()[name].source
    assert f"### `{name}`:" in _PAGE
    assert f"<{source.page}>" in _PAGE
    assert f"sas ingest {name} " in _PAGE


def test_what_a_source_leans_on_exists_and_comes_before_it() -> None:
    order = list(roads())
    for name, road in roads().items():
        for needed in road.source.depends:
            assert order.index(needed) < order.index(name), (name, needed)


def test_steps_of_a_road_have_names_of_their_own() -> None:
    for road in roads().values():
        names = [step.name for step in road.steps]
        assert len(names) == len(set(names)) > 0
