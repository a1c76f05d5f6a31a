"""The ranker: a hierarchical language model of each disease's annotations, scored as a sum over findings.

Each annotation row is weighed by how often the feature is seen (profile), spread over the term and its superterms
(background), and kept as postings from term to diseases (postings). A finding q then has the likelihood ratio
LR(q | disease), and a disease the score sum of w(q) ln(eps + (1 - eps) LR(q | disease)): the explanation is the score.
"""
