"""What an archive can be: files of lines or tables, an OMOP database, a FHIR bulk export, a folder of documents."""
