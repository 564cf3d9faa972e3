"""How do a workstation and its collector measure the line between them? Plain HTTP questions, for both sides.

- `GET /measure/ping?n=NUMBER` answers `pong(NUMBER)`: nobody on the way can have kept it. Anybody may ask.
- `POST /measure/lease`, signed as every request (`checks.wire`), answers a lease: one workstation of a school at a time
  may measure throughput, for `LEASE_S` at most. 409 says that another one is measuring, or one has lately.
- `GET /measure/down?bytes=N` and `POST /measure/up` carry the lease in `LEASE_FIELD`.
"""

from typing import Final

PING_PATH: Final = "/measure/ping"
DOWN_PATH: Final = "/measure/down"
UP_PATH: Final = "/measure/up"
LEASE_PATH: Final = "/measure/lease"
LEASE_FIELD: Final = "Preau-Lease"

LEASE_S: Final = 60
"""How long a lease lasts."""
MAX_DOWN_BYTES: Final = 14_000_000
MAX_UP_BYTES: Final = 8_000_000
"""Most bytes of a measurement each way, all its streams together: less than 25 MB with what surrounds them."""
MAX_NUMBER_LENGTH: Final = 32


def pong(number: str) -> bytes:
    """Return the body that answers a ping with this number: whoever answers it anew has seen the question."""
    return f"preau {number}\n".encode()
