"""From what is kept or reported to FHIR R4 resources, as JSON: one module a resource, and nothing decided."""
