"""What would be fetched is refused; what is only a name or a link is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.offline import NotSelfContained, check_self_contained, json_text, script_text


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/leaflet.js"></script>',
        "<script defer src=leaflet.js></script>",
        '<link rel="stylesheet" href="leaflet.css">',
        '<img alt="" src="pin.png">',
        "<style>.a { background: url(images/layers.png) }</style>",
        "<style>.a { background: url('https://tiles.example/1.png') }</style>",
        '<style>@import "x.css";</style>',
        '<iframe src="https://example.org"></iframe>',
    ],
)
def test_a_fetch_is_found(html: str):
    with pytest.raises(NotSelfContained):
        check_self_contained(html)


@pytest.mark.parametrize(
    "html",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"><rect fill="url(#p)"/></svg>',
        '<a href="https://www.finess.sante.gouv.fr/">source</a>',
        '<img alt="" src="data:image/png;base64,AAAA">',
        "<style>.a { background: url(data:image/png;base64,AAAA) }</style>",
        "<script>var a = 'http://www.w3.org/1999/xlink';</script>",
    ],
)
def test_a_name_a_link_and_data_are_no_fetch(html: str):
    check_self_contained(html)


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda items: st.lists(items, max_size=4), max_leaves=8
    )
)
def test_json_in_a_page_reads_back_and_cannot_close_its_script(value: object):
    text = json_text(value)
    assert json.loads(text) == value
    assert "<" not in text


def test_a_script_cannot_be_closed_by_a_string_in_it():
    assert "</script" not in script_text("var a = '</script><b>';")
