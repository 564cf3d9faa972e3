"""Records, inside a Windows interpreter, what its registry says to the agent, beside what the agent then answers.

`record.sh LANGUAGE FOLDER` runs it under wine. Of each key only the values that the agent reads are kept.
"""

import json
import sys
from pathlib import Path
from typing import Any

import agent.cli
from agent.win32.registry import LiveRegistry

READ = {
    *("allowed", "auoptions", "autoconfigurl", "autodetect", "currentbuild", "currentbuildnumber", "currentversion"),
    *(
        "currentmajorversionnumber",
        "currentminorversionnumber",
        "disablerootautoupdate",
        "displayname",
        "displayversion",
    ),
    *(
        "displayversion",
        "editionid",
        "enablefirewall",
        "esueligibility",
        "identifier",
        "installationtype",
        "lastsuccesstime",
    ),
    *("letappsaccesscamera", "noautoupdate", "productname", "progid", "proxyenable", "proxyoverride", "proxyserver"),
    *("proxysettingsperuser", "pv", "releaseid", "start", "ubr", "uefisecurebootenabled", "value", "vendoridentifier"),
    *("version", "~mhz", "1", "2", "3"),
}


def main(registry_file: str, recording_file: str, title: str) -> int:
    """Write both files, in UTF-8; returns the exit code of `preau-agent record`."""
    seen: dict[str, dict[str, Any]] = {}
    ask = LiveRegistry.values

    def values(self: LiveRegistry, path: str) -> Any:
        found = ask(self, path)
        if found:
            seen[path] = {
                name: found[name] for name in sorted(READ & found.keys()) if not isinstance(found[name], bytes)
            }
        return found

    LiveRegistry.values = values  # type: ignore[method-assign]
    profile = str(Path("tests", "machines", "profile.toml"))
    code = agent.cli.main(["record", recording_file, "--profile", profile, "--title", title])
    kept = {path: held for path, held in sorted(seen.items()) if held}
    Path(registry_file).write_text(
        json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    return code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
