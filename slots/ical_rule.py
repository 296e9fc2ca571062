"""Recurrence rules of an iCalendar file, as series of the SAS calendar.

A rule "every week" in the zone of the place stays a series. Any other rule becomes the dates it gives in the
year to come, by dateutil; so does a weekly rule written in another zone, which follows other clock changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from dateutil.rrule import rrulestr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from care.agenda import AgendaSlot
    from slots.ical import Refused

MOST_DATES: Final = 400
_YEAR: Final = timedelta(days=366)
_WEEKDAYS: Final = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
_SIMPLE: Final = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "WKST"}
_FINER: Final = {"COUNT", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_WALKED: Final = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_OLDEST_YEAR: Final = 2000


class RuleRefused(Exception):
    """An event that is not a slot; `reason` says why."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(reason)
        self.reason: Refused = reason


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How an event comes back.

    text      the rule, None when the event occurs once
    members   its parts, each a list
    own_zone  the event is written in the zone of the place
    start     first start, as written
    excluded  local days taken out
    """

    text: str | None
    own_zone: bool
    start: datetime
    members: Mapping[str, list[Any]] = field(default_factory=dict)
    excluded: frozenset[date] = frozenset()


def repeated(
    slot: AgendaSlot, rule: Rule, zone: ZoneInfo, *, today: date
) -> list[tuple[AgendaSlot, frozenset[date]]]:
    """A slot of the first day, repeated: one series, or the dates of the year to come.

    Raises
    ------
    RuleRefused   a rule that cannot be read, or that gives more than 400 dates in the year
    """
    if rule.text is None:
        return [] if slot.starts_on in rule.excluded else [(slot, frozenset())]
    if rule.own_zone and _is_weekly(rule):
        named = [str(name).upper() for name in rule.members.get("BYDAY", [])]
        weekdays = sorted({_WEEKDAYS[name] for name in named}) or [slot.starts_on.isoweekday()]
        series = replace(slot, weekdays=tuple(weekdays), until=_until(rule, slot.start, zone))
        return [(series, frozenset(day for day in rule.excluded if day >= today))]
    return [
        (_moved(slot, begins), frozenset())
        for begins in _dates(rule, zone, today=today)
        if begins.date() not in rule.excluded
    ]


def _moved(slot: AgendaSlot, begins: datetime) -> AgendaSlot:
    """The slot of the first day on another; written in another zone, its local time may have moved too."""
    length = datetime.combine(slot.starts_on, slot.end) - datetime.combine(slot.starts_on, slot.start)
    ends = begins + length
    if ends.date() != begins.date():
        raise RuleRefused("over-midnight")
    return replace(slot, starts_on=begins.date(), until=begins.date(), start=begins.time(), end=ends.time())


def _is_weekly(rule: Rule) -> bool:
    return (
        str(rule.members.get("FREQ", [""])[0]).upper() == "WEEKLY"
        and int(rule.members.get("INTERVAL", [1])[0]) == 1
        and set(rule.members) <= _SIMPLE
        and all(str(name).upper() in _WEEKDAYS for name in rule.members.get("BYDAY", []))
    )


def _until(rule: Rule, clock: time, zone: ZoneInfo) -> date | None:
    """The last local day a rule may reach."""
    given = rule.members.get("UNTIL")
    if not given:
        return None
    last = given[0]
    if not isinstance(last, datetime):
        return last
    local = last.replace(tzinfo=zone) if last.tzinfo is None else last.astimezone(zone)
    return local.date() if local.time() >= clock else local.date() - timedelta(days=1)


def _dates(rule: Rule, zone: ZoneInfo, *, today: date) -> list[datetime]:
    """Local starts, without zone."""
    assert rule.text is not None  # noqa: S101 - the caller treats an event that occurs once
    # Rules by the second, or two centuries of days, would take for ever to walk through.
    if (
        str(rule.members.get("FREQ", [""])[0]).upper() not in _WALKED
        or not set(rule.members) <= _SIMPLE | _FINER
        or rule.start.year < _OLDEST_YEAR
    ):
        raise RuleRefused("recurrence")
    try:
        given = rrulestr(rule.text, dtstart=rule.start)
    except (ValueError, TypeError) as exc:
        raise RuleRefused("recurrence") from exc
    first = datetime.combine(today, time(0), tzinfo=zone)
    last = first + _YEAR
    if rule.start.tzinfo is None:
        first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
    moments = []
    for moment in takewhile(lambda item: item <= last, given.xafter(first, inc=True)):
        if len(moments) == MOST_DATES:
            raise RuleRefused("too-many-dates")
        moments.append(moment)
    return [item if item.tzinfo is None else item.astimezone(zone).replace(tzinfo=None) for item in moments]
