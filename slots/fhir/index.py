"""Resources of an answer, found by type and id or by `fullUrl` (section 4.2).

Resources come in any order and from several pages. Two copies with the same identity are one when they say
the same, and unusable when they do not: which one is right cannot be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slots.fhir.element import child, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slots.fhir.element import Json

KINDS: Final = frozenset(
    {
        "Slot",
        "Schedule",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "HealthcareService",
        "Organization",
    }
)


class Resource:
    """One resource of an answer, or one contained in another."""

    __slots__ = ("_contained", "body", "conflict", "kind", "owner", "ref", "repeated")

    def __init__(self, kind: str, ref: str, body: Json, owner: Resource | None = None) -> None:
        self.kind = kind
        self.ref = ref
        """`Type/id`; `Type/fullUrl` without id."""
        self.body = body
        self.owner = owner
        """The resource that contains this one."""
        self.conflict = False
        """Another copy says something else: no copy is usable."""
        self.repeated = False
        """Another copy says the same."""
        self._contained: dict[str, Resource] | None = None

    def meet(self, other: Json) -> None:
        """Take note of another copy with the same identity."""
        if same_content(self.body, other):
            self.repeated = True
        else:
            self.conflict = True

    @property
    def contained(self) -> dict[str, Resource]:
        """Contained resources by `Type/id`: their ids mean nothing outside this resource."""
        if self._contained is None:
            self._contained = {}
            for body in objects(self.body.get("contained")):
                kind, name = body.get("resourceType"), text(body.get("id"))
                if isinstance(kind, str) and kind in KINDS and name is not None:
                    ref = f"{kind}/{name}"
                    known = self._contained.get(ref)
                    if known is None:
                        self._contained[ref] = Resource(kind, ref, body, self)
                    else:
                        known.meet(body)
        return self._contained


AMBIGUOUS: Final = Resource("", "", {})
"""What a `fullUrl` shared by different resources leads to."""
AMBIGUOUS.conflict = True


class Index:
    """The resources of an answer and what each reference leads to."""

    def __init__(self, entries: Iterable[object]) -> None:
        self._by_identity: dict[str | tuple[str, str | int], Resource] = {}
        self._by_url: dict[tuple[str, str], Resource] = {}
        for rank, entry in enumerate(entries):
            if isinstance(entry, dict):
                self._add(entry, rank)

    def _add(self, entry: Json, rank: int) -> None:
        body = entry.get("resource")
        kind = body.get("resourceType") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(kind, str) or kind not in KINDS:
            return
        url = text(entry.get("fullUrl"))
        name = text(body.get("id"))
        ref = f"{kind}/{name or url or f'entry-{rank}'}"
        # Without id nor fullUrl nothing can refer to the resource: its rank makes it one of its own.
        identity = ref if name else (kind, url or rank)
        resource = self._by_identity.get(identity)
        if resource is None:
            resource = self._by_identity[identity] = Resource(kind, ref, body)
        else:
            resource.meet(body)
        if url is not None and self._by_url.setdefault((kind, url), resource) is not resource:
            self._by_url[kind, url] = AMBIGUOUS

    def slots(self) -> list[Resource]:
        """Slots in order of first appearance, each identity once."""
        return [resource for resource in self._by_identity.values() if resource.kind == "Slot"]

    def repeated(self) -> list[Resource]:
        """Resources sent several times with the same content."""
        return [
            resource for resource in self._by_identity.values() if resource.repeated and not resource.conflict
        ]

    def resolve(self, reference: object, kind: str, holder: Resource) -> Resource | None:
        """The resource of type `kind` that a Reference held by `holder` leads to; its `conflict` may be set.

        `Type/id`, an absolute address (equal to a `fullUrl`, or ending in `Type/id`), `urn:uuid:` (equal to a
        `fullUrl`), or `#id` in the `contained` of the resource that holds the reference. Nothing is fetched.
        """
        target = text(child(reference, "reference"))
        if target is None:
            return None
        if target.startswith("#"):
            return _contained(target[1:], kind, holder)
        if target.startswith(f"{kind}/"):
            return self._by_identity.get(target) or self._by_url.get((kind, target))
        by_url = self._by_url.get((kind, target))
        parts = [] if target.startswith("urn:") else target.rsplit("/", 2)
        by_id = self._by_identity.get(f"{kind}/{parts[2]}") if len(parts) == 3 and parts[1] == kind else None
        # A `fullUrl` is often wrong (section 13, no. 9): when it and the id disagree, none can be trusted.
        return AMBIGUOUS if by_url and by_id and by_url is not by_id else by_url or by_id


def _contained(name: str, kind: str, holder: Resource) -> Resource | None:
    """FHIR allows no nested `contained`: a contained resource refers to its siblings, in their owner."""
    found = holder.contained.get(f"{kind}/{name}")
    if found is None and holder.owner is not None:
        found = holder.owner.contained.get(f"{kind}/{name}")
    return found


def same_content(one: object, other: object) -> bool:
    """True when two JSON values are the same, `1` and `true` being different.

    Compared with a stack of its own: a vendor's nesting must not be able to exhaust Python's.
    """
    pending: list[tuple[Any, Any]] = [(one, other)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            pending.extend((value, right[name]) for name, value in left.items())
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True
