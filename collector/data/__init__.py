"""Which public data does the collector carry with it?

`kept-N.dict`: dictionaries of `collector.compression`, made by `python -m collector.data.make_dictionary N`.
`epci.csv`: the communes of each EPCI, made by `python -m collector.data.make_epci`.
`departements.csv`: every département with its académie, as the open directory of the ministry names them.
`contours.csv`: their outlines, made by `python -m collector.data.make_contours`.
"""
