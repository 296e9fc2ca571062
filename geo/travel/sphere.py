"""Distances between many points at once, on the sphere of mean radius; degrees, EPSG:4326, in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.distance import EARTH_RADIUS_M

if TYPE_CHECKING:
    from numpy.typing import NDArray


def lengths_m(
    lon: NDArray[np.float64] | float,
    lat: NDArray[np.float64] | float,
    to_lon: NDArray[np.float64],
    to_lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Metres over the ground between pairs of points (haversine, mean radius), whatever their number."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = (
        np.sin((to_phi - phi) / 2) ** 2
        + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(np.subtract(to_lon, lon)) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))


def on_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the unit sphere, (n, 3): straight lines between them order as distances over the ground
    do.
    """
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def chord_km(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres over the ground for straight lines through the unit sphere."""
    return 2 * EARTH_RADIUS_M / 1000 * np.arcsin(np.minimum(1.0, chord / 2))
