"""The measures that the field knows: Resnik, Lin and Phenodigm, as symmetric best-match averages.

A term resembles another by the information of what they share (similarity); a patient resembles a disease by the mean
of best matches, from the patient's findings to the disease's and back (best_match), and every addend of that mean
belongs to one finding (explain).
"""
