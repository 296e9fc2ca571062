"""All the schema on one page: `schema.sql`, written from the migrations and compared with them by a test."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from core.db import cluster
from core.errors import StorageUnavailable

SCHEMA = Path(__file__).with_name("schema.sql")

_HEADER = """\
-- The whole schema on one page, for reading. Written by `sas schema` from the migrations, which remain the
-- truth; a test finds no difference between the two. Units, projections and sources are in the comments.

-- Functions stand before the tables they read.
SET check_function_bodies = false;

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['sas_loader', 'sas_writer', 'sas_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
  END LOOP;
END
$$;

"""
# What pg_dump says of the session, of its own version, and of the owner: none of it is the schema.
_NOISE = re.compile(
    r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*"
    rf"|ALTER .* OWNER TO {cluster.OWNER};)\n",
    re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\n{3,}")


def dump(dsn: str) -> str:
    """The schema of a database, without the bookkeeping of migrations: same schema, same text.

    Raises
    ------
    SystemMissing        no PostgreSQL on this machine
    StorageUnavailable   pg_dump cannot read the database
    """
    command = [
        str(cluster.bin_dir() / "pg_dump"),
        "--schema-only",
        "--exclude-table=public.*yoyo*",
        "--exclude-table=public.migration_digest",
        f"--dbname={dsn}",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        raise StorageUnavailable(f"pg_dump refuse : {done.stderr.strip().splitlines()[-1]}")
    return _BLANK_LINES.sub("\n\n", _NOISE.sub("", done.stdout)).strip() + "\n"


def page(dsn: str) -> str:
    """The text of `schema.sql` for a migrated database."""
    return _HEADER + dump(dsn)
