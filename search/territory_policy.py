"""The policy of one territory: a dated file of the form of a published one, that a signature vouches for.

    version, published_on, title, numbers…   as in `search/policies`
    territory = "75"                         the department it is for
    valid_from = 2027-01-01                  the first day it is in force

Beside `FILE.toml` stands `FILE.toml.sig`: the 64 bytes of an Ed25519 signature of the file (`openssl pkeyutl
-sign -rawin`). A file that is not signed by a known key, was changed since, or contradicts itself is refused,
loudly, and the default policy stays in force: a ranking never follows a rule that nobody vouched for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import structlog
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from search.policy import Policy, PolicyInvalid, policy, published, read_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_DEPARTMENT = re.compile(r"\d\d|2[AB]|97\d|98\d")
_MOST_BYTES = 64 * 1024
_logger = structlog.get_logger("policy")


@dataclass(frozen=True, kw_only=True, slots=True)
class TerritoryPolicy:
    """A policy in force in one department from a day on.

    signer   name of the file of the key that vouches for it
    text     the file, as signed
    """

    policy: Policy
    territory: str
    valid_from: date
    signer: str
    text: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A file that is not followed, and why, in French."""

    file: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The policies of a server: the default one, and those of territories."""

    default: Policy
    accepted: tuple[TerritoryPolicy, ...] = ()
    refused: tuple[Refused, ...] = ()

    def policy_for(self, department: str | None, day: date) -> Policy:
        """The policy in force in a department on a day: its own latest that has begun, else the default."""
        own = [item for item in self.accepted if item.territory == department and item.valid_from <= day]
        return max(own, key=lambda item: item.valid_from).policy if own else self.default

    def named(self, version: str) -> Policy:
        """The policy of that version: of a territory, or published.

        Raises
        ------
        PolicyInvalid   none has that name, or no longer
        """
        own = [item.policy for item in self.accepted if item.policy.version == version]
        return own[0] if own else policy(version)


def load(folder: Path | None, keys: Sequence[Path], *, logged: bool = True) -> Policies:
    """The policies of a folder that one of the keys vouches for; each refusal is logged as an error.

    folder   files `*.toml` with their `*.toml.sig`; None: the default policy everywhere
    keys     public keys, PEM, Ed25519
    logged   False for whoever tells the refusals itself
    """
    if folder is None:
        return Policies(default=policy())
    accepted: list[TerritoryPolicy] = []
    refused: list[Refused] = []
    known = _keys(keys, refused)
    try:
        files = sorted(folder.glob("*.toml"))
        if not folder.is_dir():
            raise NotADirectoryError
    except OSError:
        files = []
        refused.append(Refused(file=folder.name, reason="ce dossier ne se lit pas"))
    for path in files:
        try:
            accepted.append(_read(path, known))
        except (PolicyInvalid, OSError) as error:
            reason = error.message if isinstance(error, PolicyInvalid) else "ce fichier ne se lit pas"
            refused.append(Refused(file=path.name, reason=reason))
    kept, doubled = _without_doubles(accepted)
    refused += doubled
    for item in refused if logged else ():
        _logger.error("policy-refused", file=item.file, reason=item.reason)
    return Policies(default=policy(), accepted=tuple(kept), refused=tuple(refused))


def _read(path: Path, keys: Iterable[tuple[str, Ed25519PublicKey]]) -> TerritoryPolicy:
    text = path.read_bytes()
    if len(text) > _MOST_BYTES:
        raise PolicyInvalid("Le fichier est trop gros pour une règle.")
    # Vouched for before anything is read in it.
    signer = _signer(text, path.with_name(f"{path.name}.sig"), keys)
    made = read_policy(text)
    given = tomllib.loads(text.decode("utf-8"))
    territory, valid_from = given.get("territory"), given.get("valid_from")
    if not isinstance(territory, str) or not _DEPARTMENT.fullmatch(territory):
        raise PolicyInvalid('« territory » doit être un code de département, comme "75" ou "2A".')
    if not isinstance(valid_from, date) or isinstance(valid_from, datetime):
        raise PolicyInvalid("« valid_from » doit être une date, comme 2027-01-01.")
    if valid_from < made.published_on:
        raise PolicyInvalid("Une règle ne peut pas valoir avant le jour de sa publication.")
    if made.version in published():
        raise PolicyInvalid(f"« {made.version} » est le nom d'une règle nationale : donnez-lui le sien.")
    return TerritoryPolicy(policy=made, territory=territory, valid_from=valid_from, signer=signer, text=text)


def _signer(text: bytes, path: Path, keys: Iterable[tuple[str, Ed25519PublicKey]]) -> str:
    try:
        signature = path.read_bytes()
    except FileNotFoundError:
        raise PolicyInvalid(f"Aucune signature : {path.name} manque.") from None
    for name, key in keys:
        try:
            key.verify(signature, text)
        except InvalidSignature:
            continue
        return name
    raise PolicyInvalid(
        "Aucune clé connue ne l'a signé sous cette forme : signataire inconnu, ou fichier modifié."
    )


def _keys(paths: Sequence[Path], refused: list[Refused]) -> list[tuple[str, Ed25519PublicKey]]:
    known = []
    for path in paths:
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError, UnsupportedAlgorithm):
            key = None
        if isinstance(key, Ed25519PublicKey):
            known.append((path.name, key))
        else:
            refused.append(Refused(file=path.name, reason="ce n'est pas une clé publique Ed25519 (PEM)"))
    return known


def _without_doubles(
    accepted: Sequence[TerritoryPolicy],
) -> tuple[list[TerritoryPolicy], list[Refused]]:
    """Policies of one name, or begun on one day in one territory, contradict each other: none is kept."""
    kept, refused = [], []
    for item in accepted:
        others = [other for other in accepted if other is not item]
        named = any(other.policy.version == item.policy.version for other in others)
        same = any(
            (other.territory, other.valid_from) == (item.territory, item.valid_from) for other in others
        )
        if named or same:
            reason = (
                "deux règles portent ce nom"
                if named
                else "deux règles commencent ce jour-là dans ce territoire"
            )
            refused.append(Refused(file=f"{item.policy.version}.toml", reason=reason))
        else:
            kept.append(item)
    return kept, refused
