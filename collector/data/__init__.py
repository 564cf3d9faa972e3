"""Which public data does the collector carry with it?

`kept-N.dict`: dictionaries of `collector.compression`, made by `python -m collector.data.make_dictionary N`.
`epci.csv`: the communes of each EPCI, made by `python -m collector.data.make_epci`.
`departements.csv`: their outlines, made by `python -m collector.data.make_departements`.
"""
