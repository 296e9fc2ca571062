"""The national FHIR flows of the guide "Service d'Accès aux Soins" (FHIR R4; guide 1.1.0 and 1.2.0)."""
