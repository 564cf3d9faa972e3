"""What does a proxy script answer? The child process of `agent.pac`: it imports little, so that it starts at once.

It says that it is ready, reads one JSON object (`script`, `urls`), and prints one JSON list, the answer for each URL.
"""

import json
import sys
from typing import Final
from urllib.parse import urlsplit

READY: Final = b"ready\n"


def main() -> int:
    """Answer what stands on the standard input; 1 when the script is none."""
    import pacparser

    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    asked = json.load(sys.stdin.buffer)
    try:
        pacparser.init()
        pacparser.parse_pac_string(asked["script"])
        said = [pacparser.find_proxy(url, urlsplit(url).hostname or "") for url in asked["urls"]]
    except Exception:  # noqa: BLE001 - whatever a stranger's script does wrong, it gives no answer
        return 1
    json.dump(said, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
