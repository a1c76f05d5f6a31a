"""SMART on FHIR (hl7.org/fhir/smart-app-launch, 2.0): access tokens for machines, and launch from a patient's chart."""
