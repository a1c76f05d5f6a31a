"""A kept report on paper, as it was shown: a page to print, a PDF, and an order sheet for the tests it suggests.

`kept` reads what is to be printed, `report` and `orders` put it into `content`, and both the page's template and the
PDF's (`sheets/*.typ`, by `press`) lay the same content out.
"""
