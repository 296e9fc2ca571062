"""`sas bench`: run the benchmarks, each in a process of its own so that its peak of memory is its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from core.errors import InvalidParameter


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A module of `bench`: what it measures (French), and whether its size can be chosen."""

    measures: str
    scaled: bool = True


# One line each, in the order they run.
BENCHMARKS: dict[str, Benchmark] = {
    "audit_power": Benchmark(measures="biais que l'audit de neutralité décèle, et fausses alertes"),
    "extract_slots": Benchmark(measures="lecture d'une réponse d'éditeur d'agenda", scaled=False),
    "fan_out": Benchmark(measures="dix éditeurs interrogés à la fois, dont un muet", scaled=False),
    "ingest_annuaire": Benchmark(measures="chargement de l'Annuaire Santé face à un COPY nu"),
    "ingest_ban": Benchmark(measures="chargement de la base adresse face à un COPY nu"),
    "geocoding": Benchmark(measures="géocodage en lot et à l'unité", scaled=False),
    "geocoding_peer": Benchmark(measures="géocodage face à addok, mêmes adresses et mêmes questions"),
    "geocoding_batch": Benchmark(measures="géocodage de fichiers sur tous les cœurs", scaled=False),
    "geocoding_http": Benchmark(measures="géocodage par HTTP sur la base en service", scaled=False),
    "map_fluidity": Benchmark(measures="fluidité d'une carte de 20 000 lieux, poste lent", scaled=False),
    "preferred": Benchmark(measures="médecin traitant cherché par nom dans tout le pays", scaled=False),
    "relevance": Benchmark(measures="pertinence : lignes tenues, par famille, avant et après", scaled=False),
    "search": Benchmark(measures="recherche d'offres, face à la requête PostGIS évidente et à NumPy"),
    "search_pages": Benchmark(measures="dix mille recherches répétées, et page après page"),
    "search_http": Benchmark(measures="recherches par HTTP, tous les cœurs"),
    "suggestions": Benchmark(measures="suggestions de spécialités à chaque touche", scaled=False),
    "sustained": Benchmark(measures="50 recherches par seconde avec créneaux, deux minutes", scaled=False),
    "travel": Benchmark(measures="temps de trajet par la route, face à scipy et à OSRM", scaled=False),
    "sweep": Benchmark(measures="balayage de 60 000 professionnels chez dix éditeurs", scaled=False),
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("bench")(bench)


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Mesures à faire ; toutes sans cela.")] = None,
    scale: Annotated[str, typer.Option(help="Taille des données : small, demo ou national.")] = "demo",
) -> None:
    """Mesurer ; un fichier par mesure dans bench/results, avec l'objectif à côté du résultat."""
    chosen = names or list(BENCHMARKS)
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        raise InvalidParameter(
            f"Mesure inconnue : {', '.join(unknown)}. Mesures : {', '.join(BENCHMARKS)}.", parameter="names"
        )
    failed: list[str] = []
    for name in chosen:
        benchmark = BENCHMARKS[name]
        size = ["--scale", scale] if benchmark.scaled else []
        typer.echo(f"→ {name} : {benchmark.measures}{f' ({scale})' if size else ''}", err=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *size], check=False)  # noqa: S603
        if done.returncode != 0:
            failed.append(name)
    if failed:
        typer.echo(f"sas : mesures en échec : {', '.join(failed)}.", err=True)
        raise typer.Exit(1)
