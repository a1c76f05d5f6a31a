"""What each type of resource is read to; one module a type.

A reader is a generator: it yields what is to be kept (service.fhir.reading.items) and issues, and keeps nothing.
"""
