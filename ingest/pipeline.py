"""One line of work for every source: open, steps, checks, difference, swap in one transaction.

Dry unless told to apply. Killed at any moment, the tables in service keep the previous data, and the next run
carries on after the last complete step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from core.db.connect import connect
from core.errors import InvalidParameter, SasError, StorageUnavailable, TooFewRows, TooManyRejections
from ingest.files import InputFile, digest_of, open_files
from ingest.progress import Progress, Silent
from ingest.registry import roads
from ingest.road import Difference, Job, difference_as_json
from ingest.run import AppliedRun, Run, previous_applied, take_lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.settings import DatabaseSettings, HomeSettings
    from ingest.road import Road
    from ingest.source import Source

# Below this many rejected rows the share says nothing (a file of ten lines).
_FEW_REJECTIONS = 5


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a load did.

    unchanged   same files as the data in service: nothing was read
    applied     the tables in service were replaced; False on a dry run
    warnings    French sentences worth reading
    """

    source: str
    run_id: int
    applied: bool
    unchanged: bool = False
    resumed: bool = False
    counts: dict[str, Any] = field(default_factory=dict)
    difference: Difference = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows refused."""
        return sum(self.counts.get("rejected", {}).values())


def ingest(
    source_name: str,
    paths: Sequence[Path],
    *,
    apply: bool,
    database: DatabaseSettings,
    home: HomeSettings,
    geocode: bool = True,
    force: bool = False,
    accept_shrink: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Load official files into their tables.

    Parameters
    ----------
    source_name     name of a source of the registry
    paths           files, archives or folders; together they are the whole truth of the source
    apply           replace the data in service; otherwise stop after the difference
    force           load even when the files are those already in service
    accept_shrink   accept far fewer rows than the previous load
    database, home  settings
    geocode         locate addresses (sources that have some)
    progress        receives the advance

    Raises
    ------
    InvalidParameter     unknown source
    SourceError          the files are not what was agreed; the data in service are untouched
    StorageUnavailable   no database, or another load is running

    """
    road = road_of(source_name)
    progress = progress or Silent()
    files = open_files(paths, members=road.members)
    with (
        connect(database, home, role="loader") as conn,
        connect(database, home, role="loader") as book,
    ):
        book.autocommit = True
        take_lock(conn)
        fingerprint = _fingerprint(book, road.source, files, geocode=geocode)
        previous = previous_applied(book, source_name)
        if previous is not None and previous.fingerprint == fingerprint and not force:
            return Outcome(
                source=source_name,
                run_id=previous.run_id,
                applied=False,
                unchanged=True,
                counts=previous.counts,
            )
        run = Run.start(book, road.source, files, fingerprint=fingerprint, fresh=force)
        job = Job(
            conn=conn,
            run=run,
            files=files,
            database=database,
            home=home,
            progress=progress,
            geocode=geocode,
            accept_shrink=accept_shrink,
        )
        try:
            return _carry(road, job, previous, apply=apply)
        except psycopg.OperationalError as exc:
            # The server went away: nobody is left to write to. The next run finds this one interrupted.
            raise StorageUnavailable("La base de données s'est arrêtée pendant le chargement.") from exc
        except SasError as exc:
            conn.rollback()
            run.fail(exc.message)
            raise
        except Exception as exc:
            conn.rollback()
            run.fail(f"{type(exc).__name__}: {exc}"[:500])
            raise


def road_of(source_name: str) -> Road:
    """The road of a source.

    Raises
    ------
    InvalidParameter   no such source; the message lists them

    """
    known = roads()
    if source_name not in known:
        raise InvalidParameter(
            f"Source inconnue : « {source_name} ». Sources : {', '.join(sorted(known))}.",
            parameter="source",
            suggestions=sorted(known),
        )
    return known[source_name]


def _carry(road: Road, job: Job, previous: AppliedRun | None, *, apply: bool) -> Outcome:
    run, conn = job.run, job.conn
    for step in road.steps:
        if step.name in run.done:
            continue
        for file in job.files:
            file.on_read = lambda size: job.progress.advance(bytes_done=size)
        run.stage(step.name)
        job.progress.stage(step.name, total_bytes=sum(file.size_bytes for file in job.files))
        step.action(job)
        _record_defects(job)
        conn.commit()
        run.step_done(step.name)
    run.stage("check")
    job.progress.stage("check")
    _check_rejections(run)
    _check_row_count(run, previous, accept_shrink=job.accept_shrink)
    if road.check is not None:
        road.check(job)
    run.stage("difference")
    job.progress.stage("difference")
    difference = road.difference(job)
    conn.commit()
    run.counts["difference"] = difference_as_json(difference)
    warnings = _unexpected_size(run)
    if apply:
        run.stage("swap")
        job.progress.stage("swap")
        road.swap(job)
        run.drop_staging(conn=conn)
        run.finish("applied", conn=conn)
        conn.commit()
        warnings += job.warnings + _to_load_again(conn, run.source)
    else:
        run.finish("checked")
    return Outcome(
        source=run.source.name,
        run_id=run.run_id,
        applied=apply,
        resumed=run.resumed,
        counts=run.counts,
        difference=difference,
        warnings=warnings,
    )


def _fingerprint(
    book: psycopg.Connection[Any], source: Source, files: Sequence[InputFile], *, geocode: bool
) -> str:
    """Same fingerprint, same tables: the files, the reader, and what the reader leans on."""
    parts = [source.name, str(source.reader_version), str(geocode)]
    parts += sorted(f"{file.sha256} {file.member or ''}" for file in files)
    for name in source.depends:
        applied = previous_applied(book, name)
        parts.append(f"{name} {applied.fingerprint if applied else '-'}")
    return digest_of(parts)


def _record_defects(job: Job) -> None:
    for file in job.files:
        for name, times in file.defects.items():
            job.run.count(f"defects.{name}", times)
        file.defects.clear()


def _check_rejections(run: Run) -> None:
    rejected, read = run.rejected, run.counts.get("read", 0)
    if rejected > _FEW_REJECTIONS and rejected > run.source.max_rejected_share * read:
        raise TooManyRejections(
            f"{rejected} lignes rejetées sur {read} : plus que le plafond de "
            f"{run.source.max_rejected_share:.1%}. Rien n'a été chargé. "
            f"Voyez « sas ingest report {run.run_id} ».",
            rejected=rejected,
            read=read,
            run_id=run.run_id,
        )


def _check_row_count(run: Run, previous: AppliedRun | None, *, accept_shrink: bool) -> None:
    read = run.counts.get("read", 0)
    if read == 0:
        raise TooFewRows("Aucune ligne lue : rien n'a été chargé.", read=0)
    before = previous.counts.get("read", 0) if previous else 0
    if not accept_shrink and read < before * run.source.min_share_of_previous:
        raise TooFewRows(
            f"{read} lignes au lieu de {before} au chargement précédent : fichier sans doute tronqué. "
            "S'il est bon, ajoutez --accept-shrink.",
            read=read,
            previous=before,
        )


def _unexpected_size(run: Run) -> list[str]:
    read, expected = run.counts.get("read", 0), run.source.expected_rows
    if read not in expected:
        return [
            f"{read} lignes lues ; une édition nationale en compte de {expected.start} à {expected.stop}."
        ]
    return []


def _to_load_again(conn: psycopg.Connection[Any], loaded: Source) -> list[str]:
    """What is in service and was worked out from the former edition of what has just been loaded."""
    names = [
        name
        for name, road in roads().items()
        if loaded.name in road.source.depends and previous_applied(conn, name) is not None
    ]
    if not names:
        return []
    return [
        f"À recharger, même sans nouveau fichier, car établi d'après « {loaded.name} » : {', '.join(names)}."
    ]
