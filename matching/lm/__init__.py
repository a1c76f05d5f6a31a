"""The ranker: a hierarchical language model of each disease's annotations, scored as a sum over findings.

Build time: annotation rows are weighed by how often the feature is seen (profile), terms in a disease's name are added
(names), all is spread over superterms (background) and kept as postings from term to diseases (postings, compile).
Run time: a finding q has the likelihood ratio LR(q | disease), and a disease the score sum of w(q) ln(eps + (1 - eps)
LR(q | disease)), less a bounded penalty for excluded findings (query, score, ranker): the explanation is the score
(explain).
"""
