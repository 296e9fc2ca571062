"""Where the official examples of the guide are, when they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def official_fhir() -> Path:
    """Folder of the official bundles; the test is skipped, with the reason, when it is absent."""
    folder = Path(os.environ.get("SAS_OFFICIAL_FHIR", ROOT.parent / "shared" / "fixtures" / "fhir"))
    if not folder.is_dir():
        pytest.skip(f"no official FHIR examples at {folder} (set SAS_OFFICIAL_FHIR)")
    return folder
