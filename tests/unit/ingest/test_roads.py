"""A road network put in service: looked at first, replaced whole, never by something smaller by mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands.check import roads
from core.clock import utc_now
from core.errors import FileUnreadable, InvalidParameter, TooFewRows
from core.settings import HomeSettings
from geo.travel import osm, store
from ingest.roads import RoadPlan, folder, name_of, plan, put_in_service
from tests.road_network import ROAD, Quiet, draw

LINE = {n: (7.0 + n / 100, 48.0) for n in range(20)}


def extract(tmp_path: Path, *, roads_drawn: int = 19, name: str = "alsace-261120.osm.pbf", **given) -> Path:
    return draw(tmp_path / name, LINE, [([n, n + 1], ROAD) for n in range(roads_drawn)], **given)


def planned(path: Path, home: HomeSettings, progress: Quiet | None = None, **given) -> RoadPlan:
    options = {"name": None, "profile_name": "car", **given}
    return plan(path, home=home, progress=progress or Quiet(), **options)


def test_looking_changes_nothing_in_service(tmp_path, home):
    found = planned(extract(tmp_path), home)
    assert (found.name, found.old, found.unchanged) == ("alsace", None, False)
    assert (found.new.nodes, found.new.arcs) == (20, 38)
    assert not folder(home).exists()


def test_what_was_looked_at_is_put_in_service_without_reading_again(tmp_path, home, monkeypatch):
    path = extract(tmp_path)
    planned(path, home)
    monkeypatch.setattr(osm, "read", lambda *_, **__: pytest.fail("read again"))
    put_in_service(planned(path, home))
    assert [child.name for child in folder(home).iterdir()] == ["alsace.npz"]
    again = planned(path, home)
    assert again.unchanged


def test_an_edition_replaces_the_one_before_it(tmp_path, home):
    put_in_service(planned(extract(tmp_path, as_of="2025-01-01T00:00:00Z"), home))
    newer = planned(extract(tmp_path, name="alsace-latest.osm.pbf"), home)
    assert newer.old is not None
    assert (str(newer.old.about.as_of), str(newer.new.about.as_of)) == ("2025-01-01", "2026-11-20")
    put_in_service(newer)
    assert str(store.about(folder(home) / "alsace.npz").as_of) == "2026-11-20"
    assert len(list(folder(home).iterdir())) == 1


def test_a_far_smaller_network_is_refused_unless_told_so(tmp_path, home):
    put_in_service(planned(extract(tmp_path), home))
    before = (folder(home) / "alsace.npz").read_bytes()
    smaller = planned(extract(tmp_path, roads_drawn=5), home)
    with pytest.raises(TooFewRows):
        put_in_service(smaller)
    assert (folder(home) / "alsace.npz").read_bytes() == before
    put_in_service(smaller, accept_shrink=True)
    assert (folder(home) / "alsace.npz").read_bytes() != before


def test_walkers_have_a_file_of_their_own(tmp_path, home):
    put_in_service(planned(extract(tmp_path), home))
    put_in_service(planned(extract(tmp_path), home, profile_name="foot"))
    assert sorted(child.name for child in folder(home).iterdir()) == ["alsace.foot.npz", "alsace.npz"]


def test_a_file_in_service_that_is_broken_is_said_and_replaced(tmp_path, home):
    folder(home).mkdir(parents=True)
    (folder(home) / "alsace.npz").write_bytes(b"broken")
    found = planned(extract(tmp_path), home)
    assert (found.old, found.unreadable) == (None, True)
    put_in_service(found)
    assert store.about(folder(home) / "alsace.npz").profile == "car"


def test_what_was_prepared_and_broke_is_made_again(tmp_path, home):
    path = extract(tmp_path)
    built = planned(path, home).built
    built.write_bytes(built.read_bytes()[:-40])
    assert planned(path, home).new.nodes == 20


def test_an_interrupted_reading_leaves_nothing(tmp_path, home):
    class Impatient(Quiet):
        def stage(self, name: str, **_: int | None) -> None:
            if name == "nodes":
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        planned(extract(tmp_path), home, Impatient())
    assert not [path for path in home.path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 80, "Alsace"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, home, name):
    with pytest.raises(InvalidParameter):
        planned(extract(tmp_path), home, name=name or "/")


def test_only_extracts_are_taken(tmp_path, home):
    with pytest.raises(InvalidParameter):
        name_of(Path("alsace.zip"))
    with pytest.raises(FileUnreadable):
        planned(tmp_path / "absent.osm.pbf", home)


def test_the_check_tells_the_age_of_a_network_and_what_is_broken(tmp_path, home):
    (line,) = roads(home)
    assert (line.state, line.name) == ("ok", "routes")
    put_in_service(planned(extract(tmp_path, as_of=f"{utc_now():%Y-%m-%dT%H:%M:%SZ}"), home))
    put_in_service(planned(extract(tmp_path, name="old.osm.pbf", as_of="2015-06-06T00:00:00Z"), home))
    (folder(home) / "bad.npz").write_bytes(b"broken")
    network = store.read(folder(home) / "alsace.npz")
    slower = replace(network, about=replace(network.about, profile_version="car-0"))
    store.write(slower, folder(home) / "speeds.npz")
    states = {line.name: line.state for line in roads(home)}
    assert states == {
        "routes alsace": "ok",
        "routes old": "warning",
        "routes bad": "failed",
        "routes speeds": "warning",
    }
    assert all(line.hint for line in roads(home) if line.state != "ok")
