"""The territorial tables and what each source owns of them. Parents first."""

from __future__ import annotations

from ingest.load.keyed import KeyedTable

REGION = KeyedTable("territory", "region", ("region_code",), ("name",), label=("region_code", "name"))
DEPARTMENT = KeyedTable(
    "territory",
    "department",
    ("department_code",),
    ("name", "region_code", "timezone", "srid"),
    label=("department_code", "name"),
)
COMMUNE = KeyedTable(
    "territory",
    "commune",
    ("citycode",),
    ("kind", "name", "name_folded", "department_code", "parent_citycode"),
    label=("citycode", "name"),
)
FORMER_COMMUNE = KeyedTable(
    "territory",
    "former_commune",
    ("former_citycode", "former_name_folded", "citycode"),
    ("former_name", "ended_on"),
    label=("former_citycode", "former_name", "citycode"),
)
COMMUNE_CENTRE = KeyedTable(
    "territory",
    "commune",
    ("citycode",),
    ("lon", "lat", "west", "south", "east", "north", "position_source"),
    owns_rows=False,
)
COMMUNE_POPULATION = KeyedTable("territory", "commune", ("citycode",), ("population",), owns_rows=False)
POSTAL_CODE = KeyedTable(
    "territory",
    "postal_code",
    ("postal_code", "citycode", "office_folded", "locality"),
    ("office", "lon", "lat"),
)
CEDEX = KeyedTable("territory", "cedex", ("cedex_code", "citycode"), ("office",))
OUTLINE = KeyedTable(
    "territory",
    "outline",
    ("level", "code"),
    ("name", "geom", "source"),
    label=("level", "code", "name"),
    scope="level",
)
SAS = KeyedTable(
    "territory",
    "sas",
    ("sas_code",),
    (
        "name",
        "status",
        "since",
        "since_precision",
        "phone",
        "contact",
        "source",
        "source_date",
        "note",
    ),
    label=("sas_code", "name"),
)
SAS_DEPARTMENT = KeyedTable("territory", "sas_department", ("sas_code", "department_code", "part"), ())
SEARCH_RADIUS = KeyedTable(
    "territory", "search_radius", ("department_code",), ("default_radius_km", "enlargement_km")
)
