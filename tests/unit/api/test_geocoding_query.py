"""Parameters of the geocoding routes, read from the query string."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from api.geocoding_query import REVERSE_PARAMETERS, SEARCH_PARAMETERS, read_reverse, read_search
from core.errors import UsageError
from tests.geocoding_base import gazetteer


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("q=ab", "q"),
        ("q=rue+x&limit=1e1", "limit"),
        ("q=rue+x&limit=²", "limit"),
        ("q=rue+x&autocomplete=peut-être", "autocomplete"),
        ("q=rue+x&type=planet", "type"),
        ("q=rue+x&lat=48&lon=nan", "lat"),
        ("q=rue+x&lat=48&lon=inf", "lat"),
        ("q=rue+x&postcode=" + "+".join(str(n) for n in range(11)), "postcode"),
        ("numero=1&libelle_voie=" + "x" * 201, "libelle_voie"),
        ("q=rue+x&index=poi,address", "index"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, parameter: str):
    with pytest.raises(UsageError) as refused:
        read_search(QueryParams(text))
    assert refused.value.details["parameter"] == parameter


def test_ten_values_of_a_filter_are_enough_and_repeated_ones_count_once():
    asked = read_search(QueryParams("q=rue+x&type=street&type=street+city"))
    assert asked.query.types == ("street", "municipality")
    assert asked.filters == {"type": "street city"}


def test_a_city_that_is_known_is_a_filter_and_another_is_words():
    known = read_search(QueryParams("q=rue+de+paris&city=SAINT+DENIS")).within(gazetteer())
    assert (known.text, set(known.citycodes)) == ("rue de paris", {"93066", "97411"})
    unknown = read_search(QueryParams("q=rue+de+paris&city=Sain+Denis")).within(gazetteer())
    assert (unknown.text, unknown.citycodes) == ("rue de paris Sain Denis", ())
    coded = read_search(QueryParams("q=rue+de+paris&city=Paris&citycode=93066")).within(gazetteer())
    assert coded.citycodes == ("93066",)


def test_fields_count_only_without_a_text():
    fields = read_search(QueryParams("numero=12&libelle_voie=OBERKAMPF&city=Paris"))
    assert fields.query.fields is not None
    assert fields.query.fields.office == "Paris"
    assert read_search(QueryParams("q=rue+x&numero=12")).query.fields is None


class _Named(Exception):
    """A parameter was refused, and named."""


def _read(read: Callable[[QueryParams], object], given_: QueryParams) -> None:
    try:
        read(given_)
    except UsageError as refused:
        if refused.details["parameter"]:
            raise _Named from refused
        raise


@given(
    st.lists(
        st.tuples(
            st.sampled_from([item["name"] for item in (*SEARCH_PARAMETERS, *REVERSE_PARAMETERS)]),
            st.text(max_size=12),
        ),
        max_size=8,
    )
)
def test_anything_is_either_read_or_refused_with_the_name_of_a_parameter(items: list[tuple[str, str]]):
    for read in (read_search, read_reverse):
        with contextlib.suppress(_Named):
            _read(read, QueryParams(items))
