"""Points, projections, distances, territories; `geo.geocoding` stands on top of them."""
