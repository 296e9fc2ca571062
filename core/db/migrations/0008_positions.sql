-- depends: 0007_street_name
-- How well each address is placed: extents of the communes, the position that was not kept, the doubts.
ALTER TABLE territory.commune
  ADD west double precision,
  ADD south double precision,
  ADD east double precision,
  ADD north double precision;
COMMENT ON COLUMN territory.commune.west IS 'Extent of the commune and of those it has absorbed, degrees, EPSG:4326; null when the source gives none';

-- A function that returns a table: written into the statement that calls it, so that many points are one join.
CREATE FUNCTION territory.outside_commune(citycode text, point_lon double precision, point_lat double precision)
RETURNS TABLE (outside_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN $2 BETWEEN c.west AND c.east AND $3 BETWEEN c.south AND c.north THEN 0
    WHEN ST_Intersects(o.geom, ST_SetSRID(ST_MakePoint($2, $3), 4326)) THEN 0
    WHEN c.west IS NOT NULL THEN least(
      ST_DistanceSphere(
        ST_MakePoint($2, $3),
        ST_MakePoint(least(greatest($2, c.west), c.east), least(greatest($3, c.south), c.north))
      ),
      ST_Distance(o.geom::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography)
    )
    WHEN ST_DWithin(o.geom::geography, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326)::geography, 500)
      THEN ST_Distance(o.geom::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography)
    WHEN c.lon IS NOT NULL THEN greatest(
      0,
      ST_DistanceSphere(ST_MakePoint($2, $3), ST_MakePoint(c.lon, c.lat))
        - CASE WHEN c.department_code = '973' THEN 150000 ELSE 40000 END
    )
  END
  FROM territory.commune AS c
  LEFT JOIN territory.outline AS o ON o.level = 'commune' AND o.code = c.citycode
  WHERE c.citycode = $1
$$;
COMMENT ON FUNCTION territory.outside_commune IS 'Metres between a point (degrees, EPSG:4326) and a commune, 0 inside: outside of its extent and of its outline, since simplified outlines cut addresses off; without an extent the outline alone, where the centre stands in it; else beyond 40 km of the centre (150 in Guyane). No row for an unknown commune, null without any measure';

-- Worked out for every address of a load: the text of the reason is searched only where it can matter.
CREATE FUNCTION directory.position_doubts(
  citycode text, position_level text, position_source text, position_score real, position_reason text,
  other_source text
) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN position_source = 'manual' THEN NULL ELSE nullif(array_remove(ARRAY[
    CASE WHEN position_level = 'none' THEN 'no-position' END,
    CASE
      WHEN other_source = 'finess' AND position_reason LIKE '%outside-%' THEN 'official-refused'
      WHEN other_source = 'ban' THEN 'official-far-from-ours'
    END,
    CASE WHEN position_level = 'given' AND position_reason LIKE '%beyond-commune%' THEN 'official-beyond-commune' END,
    CASE
      WHEN position_level <> 'municipality' THEN NULL
      WHEN position_source = 'finess' AND position_reason LIKE '%shared-point%' THEN 'shared-point'
      WHEN position_reason LIKE '%street none%' AND position_reason NOT LIKE '%base-absent' THEN 'street-not-found'
      ELSE 'commune-only'
    END,
    CASE WHEN position_level = 'given' AND position_reason LIKE '%commune-point%' THEN 'commune-point' END,
    CASE WHEN citycode IS NULL THEN 'unknown-commune' END,
    CASE
      WHEN 'finess' IN (position_source, other_source) AND position_reason LIKE '%commune-by-text%'
        THEN 'commune-contradiction'
    END,
    CASE
      WHEN position_score < 0.7::real AND position_level IN ('housenumber', 'street', 'locality') THEN 'low-score'
    END,
    CASE
      WHEN position_level <> 'street' THEN NULL
      WHEN position_source = 'finess' AND position_reason LIKE '%shared-point%' THEN 'shared-street-point'
      WHEN position_reason LIKE '%number none' THEN 'number-not-found'
      WHEN position_reason LIKE '%number interpolated' THEN 'number-interpolated'
    END,
    CASE
      WHEN position_level = 'given' AND position_reason ~ 'axes-swapped|lambert-2|degrees|projection-mended'
        THEN 'coordinates-mended'
    END
  ], NULL), '{}') END
$$;
COMMENT ON FUNCTION directory.position_doubts IS 'Why a position is doubtful, worst first; null when it is not. Same codes, in the same order, as geo.doubt.DOUBTS';

CREATE FUNCTION directory.doubt_rank(doubts text[]) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN doubts[1] IS NULL THEN NULL
    WHEN doubts[1] = 'no-position' THEN 1
    WHEN doubts[1] IN ('official-refused', 'official-far-from-ours', 'official-beyond-commune') THEN 2
    WHEN doubts[1] IN ('shared-point', 'street-not-found', 'commune-only', 'commune-point') THEN 3
    WHEN doubts[1] IN ('unknown-commune', 'commune-contradiction', 'low-score') THEN 4
    ELSE 5
  END::smallint
$$;
COMMENT ON FUNCTION directory.doubt_rank IS 'How bad the worst doubt is: 1 = the place is in no search, 2 = two sources contradict one another, 3 = known to its commune only, 4 = perhaps another street or commune, 5 = some numbers away';

ALTER TABLE directory.address
  ADD other_lon double precision,
  ADD other_lat double precision,
  ADD other_source text CHECK (other_source IN ('finess', 'ban')),
  ADD other_level text,
  ADD other_score real,
  ADD apart_m real;
COMMENT ON COLUMN directory.address.other_lon IS 'Where another source places the address, when it contradicts the position kept; degrees, EPSG:4326';
COMMENT ON COLUMN directory.address.other_source IS 'finess = official coordinates refused; ban = our geocoding, beside official coordinates kept';
COMMENT ON COLUMN directory.address.apart_m IS 'Metres between both positions; to the nearest part of the street when ours is of level street';

ALTER TABLE directory.address
  ADD position_doubts text[] GENERATED ALWAYS AS (directory.position_doubts(
    citycode, position_level, position_source, position_score, position_reason, other_source
  )) STORED;
COMMENT ON COLUMN directory.address.position_doubts IS 'Why the position is doubtful, worst first; null when it is not';
CREATE INDEX address_doubt_idx ON directory.address (department_code) WHERE position_doubts IS NOT NULL;
