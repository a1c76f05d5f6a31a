"""A hospital's document in, its plain text out: text files, Word (.docx), PDF with a text layer, HTML and RTF.

`read` of service.documents.reading does it, in a process of its own with bounds on time and memory; the other modules
are what runs there. Nothing is written to disk, and no fault holds words of the document.
"""
