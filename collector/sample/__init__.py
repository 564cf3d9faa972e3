"""Which invented schools may one try Préau with? `annuaire.csv` (the form of the open directory), `attribution.csv`.

Schools, communes and département are fictitious; the codes are well-formed.
"""
