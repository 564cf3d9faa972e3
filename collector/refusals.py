"""Which errors does a command tell as they are?"""


class Told(Exception):
    """An error whose message says, in French, what is wrong and what to do."""
