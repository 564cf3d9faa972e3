"""Is this device's browser ready, with nothing installed? The page `/test/{page_code}`.

What a browser answers becomes a door (`door.PageDoor`), over which the same probes and the same `decide()` run as on a
workstation. The code of the address is a school's: it enrols nothing and reads nothing.
"""
