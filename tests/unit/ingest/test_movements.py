from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.movements import Former, Movement, Movements, Unit


def com(code: str) -> Unit:
    return Unit("COM", code)


def move(day: str, before: Unit | str, after: Unit | str, name: str = "X", kind: str = "32") -> Movement:
    as_unit = [unit if isinstance(unit, Unit) else com(unit) for unit in (before, after)]
    return Movement(date.fromisoformat(day), kind, as_unit[0], name, as_unit[1], "Y")


def present(*codes: str, **parts: str) -> dict[Unit, str]:
    return {com(code): code for code in codes} | {
        Unit("COMD", key[1:]): holder for key, holder in parts.items()
    }


def successors(
    movements: list[Movement], today: dict[Unit, str], code: str, since: str = "1950-01-01"
) -> set[str]:
    return set(Movements(movements, today).successors(com(code), date.fromisoformat(since)))


def test_mergers_are_followed_in_date_order_to_the_commune_of_today() -> None:
    chain = [move("2019-01-01", "01002", "01003"), move("2016-01-01", "01001", "01002")]
    assert successors(chain, present("01003"), "01001") == {"01003"}


def test_an_event_before_the_commune_existed_is_not_followed() -> None:
    chain = [move("2010-01-01", "01002", "01009"), move("2016-01-01", "01001", "01002")]
    assert successors(chain, present("01002", "01009"), "01001") == {"01002"}


def test_a_code_that_maps_to_itself_ends() -> None:
    assert successors([move("2016-01-01", "01001", "01001", kind="10")], present("01001"), "01001") == {
        "01001"
    }


def test_a_circle_ends() -> None:
    circle = [move("2016-01-01", "01001", "01002"), move("2017-01-01", "01002", "01001")]
    assert successors(circle, present("01001"), "01001") == {"01001"}


def test_a_circle_within_one_day_ends_without_successor() -> None:
    circle = [move("2016-01-01", "01001", "01002"), move("2016-01-01", "01002", "01001")]
    assert successors(circle, present(), "01001") == set()


def test_two_events_of_one_day_are_chained() -> None:
    chain = [move("2016-01-01", "01001", "01002"), move("2016-01-01", "01002", "01003")]
    assert successors(chain, present("01003"), "01001") == {"01003"}


def test_a_restored_commune_is_found_through_its_delegated_form() -> None:
    delegated = Unit("COMD", "01001")
    story = [
        move("2016-01-01", "01001", "01005"),
        move("2016-01-01", "01001", delegated),
        move("2022-01-01", delegated, "01001", kind="21"),
    ]
    assert successors(story, present("01001", "01005"), "01001") == {"01001"}


def test_a_split_commune_has_several_successors() -> None:
    split = [move("2020-01-01", "01001", "01001", kind="21"), move("2020-01-01", "01001", "01002", kind="21")]
    assert successors(split, present("01001", "01002"), "01001") == {"01001", "01002"}


def test_a_delegated_commune_of_today_is_held_by_its_parent() -> None:
    merger = [move("2016-01-01", "01001", Unit("COMD", "01001"))]
    assert successors(merger, present("01005", _01001="01005"), "01001") == {"01005"}


def test_former_names_come_with_their_date_and_dead_ends_are_told() -> None:
    known = Movements(
        [move("2016-01-01", "01001", "01002", "Arbignieu"), move("1960-01-01", "98001", "98002", "Ailleurs")],
        present("01002"),
    )
    formers, lost = known.formers()
    assert formers == [Former("01001", "Arbignieu", "01002", date(2016, 1, 1))]
    assert [movement.before_name for movement in lost] == ["Ailleurs"]


_CODES = st.sampled_from(["01001", "01002", "01003", "01004"])
_DAYS = st.dates(date(2000, 1, 1), date(2000, 1, 4))


@given(
    st.lists(
        st.builds(lambda day, a, b: Movement(day, "32", com(a), a, com(b), b), _DAYS, _CODES, _CODES),
        max_size=14,
    )
)
def test_any_tangle_of_movements_ends_in_communes_of_today(tangle: list[Movement]) -> None:
    formers, _ = Movements(tangle, present("01001", "01002")).formers()
    assert {former.citycode for former in formers} <= {"01001", "01002"}
