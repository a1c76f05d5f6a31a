"""Which genetic test to send first: lesions that need an assay of their own, then the genes of the posterior.

Everything here is a proposal. A clinician orders the test.
"""
