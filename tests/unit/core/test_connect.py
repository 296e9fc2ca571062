"""Connection strings: forms accepted, roles, secrets."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from core.db.connect import conninfo
from core.errors import InvalidParameter
from core.settings import DatabaseSettings, HomeSettings

_HOME = HomeSettings.model_validate({"home": "/nowhere/home"})


def _settings(url: str | None) -> DatabaseSettings:
    return DatabaseSettings.model_validate({"database_url": url})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://login:p%40ss@db.example:5433/sas?sslmode=require",
        "host=db.example port=5433 dbname=sas user=login password='p@ss' sslmode=require",
    ],
)
def test_an_address_and_the_key_value_form_give_the_same_session(url: str):
    parts = conninfo_to_dict(conninfo(_settings(url), _HOME, role="reader", statement_timeout_s=2.5))
    assert (parts["host"], str(parts["port"]), parts["dbname"]) == ("db.example", "5433", "sas")
    assert (parts["user"], parts["password"], parts["sslmode"]) == ("login", "p@ss", "require")
    assert parts["options"] == "-c role=sas_reader -c timezone=UTC -c statement_timeout=2500"


def test_the_owner_takes_no_role_and_options_of_the_address_are_kept():
    url = "postgresql://login@db/sas?options=-c%20search_path%3Dx"
    parts = conninfo_to_dict(conninfo(_settings(url), _HOME, role="owner"))
    assert parts["options"] == "-c search_path=x -c timezone=UTC -c statement_timeout=0"


def test_several_hosts_are_kept():
    parts = conninfo_to_dict(conninfo(_settings("postgresql://a,b/sas"), _HOME, role="reader"))
    assert parts["host"] == "a,b"


def test_without_an_address_the_private_cluster_is_reached_by_its_socket():
    parts = conninfo_to_dict(conninfo(_settings(None), _HOME, role="loader"))
    assert str(parts["host"]).startswith("/tmp/sas-")
    assert (parts["dbname"], parts["application_name"]) == ("sas", "sas-loader")


def test_an_unreadable_address_is_told_without_its_password():
    with pytest.raises(InvalidParameter) as caught:
        conninfo(_settings("postgresql://login:secret@db:port:5/sas?bad"), _HOME, role="reader")
    assert "secret" not in repr(caught.value) + str(caught.value.details)
    assert caught.value.__cause__ is None
