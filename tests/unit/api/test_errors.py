"""Every error of the project has its status."""

from __future__ import annotations

from api.errors import STATUS, problem_of
from core import errors
from core.errors import SasError


def leaves(cls: type[SasError]) -> list[type[SasError]]:
    below = cls.__subclasses__()
    return [cls] if not below else [leaf for child in below for leaf in leaves(child)]


def test_no_leaf_is_missing_from_the_table():
    own = {cls for cls in leaves(SasError) if cls.__module__ == errors.__name__}
    assert own - STATUS.keys() == set()


def test_a_problem_names_the_parameter():
    answer = problem_of(errors.InvalidParameter("Non.", parameter="radius_km"))
    assert answer.status_code == 422
    assert b'"parameter":"radius_km"' in bytes(answer.body)
