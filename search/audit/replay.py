"""Past rankings made again from what was logged: by the code of the search, and by the rule written twice."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from search.audit import reference
from search.audit.packing import unpack
from search.policy import Policy, published, read_policy
from search.rank import first, loss, lot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Outcome = Literal["identical", "differs", "no-policy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyText:
    """A policy, as the search reads it and as its file says."""

    policy: Policy
    table: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """A ranking made again.

    code        by the code of the search
    reference   by the rule written a second time, from the file of the policy
    first_at    first rank (from 1) at which either differs
    """

    code: Outcome
    reference: Outcome
    first_at: int | None = None

    @property
    def identical(self) -> bool:
        """Both give the order that was logged."""
        return self.code == self.reference == "identical"


def by_digest(more: Iterable[bytes] = ()) -> dict[str, PolicyText]:
    """Every policy at hand, published or given as the text of its file, by SHA-256."""
    folder = resources.files("search.policies")
    texts = [folder.joinpath(f"{version}.toml").read_bytes() for version in published()]
    return {
        hashlib.sha256(text).hexdigest(): PolicyText(
            policy=read_policy(text), table=tomllib.loads(text.decode("utf-8"))
        )
        for text in [*texts, *more]
    }


def replay(line: Mapping[str, Any], policies: Mapping[str, PolicyText]) -> Replay:
    """Make a ranking again.

    line       columns of `audit.ranking`
    policies   by digest; a ranking whose policy is not there is not judged
    """
    text = policies.get(line["policy_digest"])
    if text is None:
        return Replay(code="no-policy", reference="no-policy")
    packed, seed = bytes(line["candidates"]), line["seed"]
    table = unpack(packed)
    by_code = first(loss(table, text.policy), lot(table.identity, seed), len(table))
    by_rule = np.array(reference.order(reference.lines(packed), text.table, seed), dtype=np.intp)
    straight = np.arange(len(table))
    differ = np.flatnonzero((by_code != straight) | (by_rule != straight))
    return Replay(
        code=_outcome(bool((by_code == straight).all())),
        reference=_outcome(bool((by_rule == straight).all())),
        first_at=int(differ[0]) + 1 if len(differ) else None,
    )


def _outcome(same: bool) -> Outcome:
    return "identical" if same else "differs"
