"""FHIR R4 (4.0.1): what a hospital's systems send, and what they are answered."""
