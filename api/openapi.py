"""Prints the OpenAPI document: `python -m api.openapi`; what the snapshot of the tests is made with."""

from __future__ import annotations

import json
import sys

from api.app import create_app


def main() -> None:
    """Write the document to standard output."""
    json.dump(create_app().openapi(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
