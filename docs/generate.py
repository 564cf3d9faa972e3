"""Writes what is documented from the code: docs/checks.md, docs/privacy.md, and the snapshot of the facts schema.

`python docs/generate.py` writes them; `--check` says which are stale and exits 1.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import checks
from agent.linux import LinuxMachine
from agent.macos import MacMachine
from agent.windows import WindowsMachine
from checks.actors import ACTOR_NAMES, DEFAULT_ACTORS
from checks.answers.network import FAILURES, ISSUERS
from checks.decide import FAULT_REMEDIES
from checks.french import FAMILIES
from checks.machine import FACTS_SCHEMA, QUESTIONS, Machine
from checks.model import Check, Remedy
from collector.retention import AT_ONCE_GONE, CLASSES

ROOT = Path(__file__).parent.parent
DOORS = {"Linux": LinuxMachine, "Windows": WindowsMachine, "macOS": MacMachine}
NOTE = "<!-- Écrit par docs/generate.py d'après le code : ne pas modifier à la main (make docs). -->\n"


def type_name(kind: Any) -> str:
    """Return a type as it reads in the code, without module names."""
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", inspect.formatannotation(kind)).replace("NoneType", "None")


def written(cls: type) -> dict[str, tuple[str, str]]:
    """Return, for each field of a class, its type as written in the code and the comment beside it."""
    found = re.findall(r"^    (\w+): ([^=#\n]+?)(?: =[^#\n]*)?(?:\s*#\s*(.+))?$", inspect.getsource(cls), re.MULTILINE)
    return {name: (kind, said) for name, kind, said in found}


def dataclasses_of(cls: type) -> Iterator[type]:
    """Yield the dataclasses a class is made of, itself first, each once."""
    seen: list[type] = []
    todo: list[Any] = [cls]
    while todo:
        one = todo.pop(0)
        if is_dataclass(one) and one not in seen:
            seen.append(one)  # type: ignore[arg-type]
            todo.extend(get_type_hints(one).values())
        todo.extend(get_args(one))
    yield from seen


def remedy_rows(remedies: dict[str, Remedy]) -> Iterator[str]:
    """Yield one table row per cause."""
    for cause, remedy in remedies.items():
        actor = ACTOR_NAMES[DEFAULT_ACTORS[remedy.role]]
        yield f"| `{cause}` | {remedy.observation} | {actor} (`{remedy.role}`) | {remedy.action} |"


def check_section(check: Check[Any, Any]) -> str:
    """Describe one check."""
    doc = inspect.getdoc(importlib.import_module(f"checks.{check.id}")) or ""
    keys = [f for f in fields(check.requirement) if not f.metadata.get("filled")]
    after = [f"`{id_}`" for id_ in check.after]
    after += [f"`{id_}` (pour `{c}`)" for c, ids in check.after_for.items() for id_ in ids]
    lines = [f"### `{check.id}` {check.title}", "", *(f"- {line}" for line in doc.splitlines()[2:])]
    lines += [f"- Questions : {', '.join(f'`{question}`' for question in asked_by(check))}."]
    lines += [f"- Vie privée : {check.privacy}", f"- Temps : {check.deadline_ms // 1000} s au plus."]
    if after:
        lines.append(f"- Expliqué par : {', '.join(after)}.")
    if keys:
        said = ", ".join(f"`{f.name}`" + (" (facultatif)" if f.default is not MISSING else "") for f in keys)
        lines.append(f"- Clés du profil, outre `tier` : {said}.")
    lines += ["", "| cause | ce qui est vu | qui agit | quoi faire |", "|---|---|---|---|"]
    return "\n".join([*lines, *remedy_rows(dict(check.remedies))])


def asked_by(check: Check[Any, Any]) -> list[str]:
    """Return the questions of the door that a check asks."""
    source = inspect.getsource(importlib.import_module(f"checks.{check.id}"))
    named = re.findall(r"\bmachine\.(\w+)\b", source)
    return [question for question in QUESTIONS if question in named]


def read_by(door: type, question: str) -> str:
    """Return what a door says beside an answer that it reads ("Lit : …"), or beside the settings that lead it there."""
    methods = [question, *(["_proxy_settings"] if question == "proxies" else [])]
    docs = (inspect.getdoc(getattr(door, method)) or "" for method in methods)
    found = (re.search(r"^Lit : (.+?)(?:\n\n|\Z)", doc, re.MULTILINE | re.DOTALL) for doc in docs)
    return " ".join(re.sub(r"\s+", " ", match[1]).strip() for match in found if match).replace("|", "\\|")


def reads_table() -> str:
    """Show, question by question, what each system's door reads; network questions are asked alike everywhere."""
    rows = []
    for question in QUESTIONS:
        said = [read_by(door, question) for door in DOORS.values()]
        if any(said):
            said = ["*(partout)* " + said[0], "″", "″"] if len(set(said)) == 1 else said
            rows.append(f"| `{question}` | " + " | ".join(one or "rien encore." for one in said) + " |")
    return "\n".join((f"| question | {' | '.join(DOORS)} |", "|---" * (len(DOORS) + 1) + "|", *rows)) + "\n"


def checks_page() -> str:
    """Describe every check, family by family."""
    parts = [NOTE, "# Les contrôles", CHECKS_INTRO]
    families = dict.fromkeys(check.id.split(".")[0] for check in checks.ALL)
    for family in families:
        parts.append(f"## {FAMILIES[family]}\n")
        parts += [check_section(c) + "\n" for c in checks.ALL if c.id.startswith(f"{family}.")]
    parts.append(f"## Ce que lit chaque question, système par système\n{READS_INTRO}")
    parts.append(reads_table())
    parts.append("## Quand un contrôle n'a pas de mesure\n")
    parts.append("| cause | ce qui est vu | qui agit | quoi faire |\n|---|---|---|---|")
    parts.append("\n".join(remedy_rows(dict(FAULT_REMEDIES))) + "\n")
    return "\n".join(parts)


CHECKS_INTRO = """
Un contrôle mesure des faits sur le poste, puis les juge selon le profil de l'ENT. Ce qu'un contrôle précédent explique
n'est pas jugé : il est dit « non jugé, à cause de… ». Les contrôles sont dans l'ordre qui sépare les causes.
"""
READS_INTRO = """
Chaque porte (`agent/linux.py`, `agent/windows.py`, `agent/macos.py`) le dit à côté de sa réponse, et cette table en est
faite. Les réponses de macOS viennent d'échantillons et de la documentation d'Apple : elles n'ont jamais été essayées
sur un vrai Mac.
"""
PRIVACY_INTRO = """
L'agent ne peut demander au poste que ce qui suit ; aucune question n'exécute une commande ni ne lit un fichier au choix
de l'appelant (`checks/machine.py`). Jamais collectés : nom d'utilisateur ou de poste, adresse électronique, adresse
MAC, numéro de série, nom de réseau Wi-Fi, historique de navigation, liste des logiciels, contenu de pages ou de
fichiers. Le poste est désigné par un identifiant tiré au hasard à l'enrôlement.
"""


def privacy_page() -> str:
    """List everything the door can answer, and everything that leaves a workstation."""
    parts = [NOTE, "# Ce que Préau voit d'un poste, et rien d'autre", PRIVACY_INTRO]
    parts.append("## Les questions\n\n| question | ce qui est demandé |\n|---|---|")
    parts.append("\n".join(f"| `{n}` | {inspect.getdoc(getattr(Machine, n))} |" for n in QUESTIONS) + "\n")
    parts.append("## Ce qui part, contrôle par contrôle\n")
    shown: set[type] = set()
    for check in checks.ALL:
        parts.append(f"### `{check.id}` {check.title}\n\n{check.privacy}\n")
        for cls in dataclasses_of(check.facts):
            if cls is not check.facts and cls not in shown:
                shown.add(cls)
                parts.append(class_table(cls))
            elif cls is not check.facts:
                parts.append(f"`{cls.__name__}` : voir plus haut.\n")
    parts.append("## Les listes fermées\n")
    parts.append("Un échec attendu porte l'un de ces mots : " + ", ".join(f"`{w}`" for w in FAILURES) + ".\n")
    parts.append("Un émetteur de certificat est l'un de : " + ", ".join(f"`{w}`" for w in ISSUERS) + ".\n")
    parts.append("## Ce qui est gardé, et combien de temps\n\n| quoi | durée | après | pourquoi |\n|---|---|---|---|")
    parts.append("\n".join(f"| {k.what} | {k.days} jours | {k.since} | {k.why} |" for k in CLASSES) + "\n")
    parts.append("\n".join(f"- {line}" for line in AT_ONCE_GONE) + "\n")
    return "\n".join(parts)


def class_table(cls: type) -> str:
    """Show the fields of a class."""
    rows = (f"| `{name}` | `{kind.replace('|', 'ou')}` | {said} |" for name, (kind, said) in written(cls).items())
    return (
        f"`{cls.__name__}` : {inspect.getdoc(cls)}\n\n| champ | type | sens |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )


DIAGNOSIS_INTRO = """
Les contrôles du réseau forment une chaîne : ce qu'un contrôle explique n'est pas jugé dans les suivants, service par
service et hôte par hôte ; des fautes indépendantes sont toutes nommées. Tout est demandé par le chemin que prendrait
un navigateur : derrière un proxy, le DNS du poste ne compte pas. Pour chaque cause : ce qui est vu, ce qui la distingue
de ses voisines, et qui agit.
"""
BEGIN, END = "<!-- causes: written by docs/generate.py -->", "<!-- end of causes -->"


def diagnosis_page() -> str:
    """Explain the network's causes, between their marks; the rest of the page is the lab's."""
    path = ROOT / "docs" / "diagnosis.md"
    page = path.read_text(encoding="utf-8") if path.exists() else "# Diagnostic\n"
    if BEGIN not in page:
        title, _, rest = page.partition("\n")
        page = f"{title}\n\n{BEGIN}\n{END}\n{rest}"
    network = [check for check in checks.ALL if check.id.startswith("network.")]
    parts = [BEGIN, DIAGNOSIS_INTRO, "Dans l'ordre : " + " → ".join(f"`{c.id.split('.')[1]}`" for c in network) + ".\n"]
    for check in network:
        parts.append(f"## `{check.id}` {check.title}\n")
        parts.append("| cause | ce qui est vu | comment elle se distingue | qui agit |\n|---|---|---|---|")
        for cause, remedy in check.remedies.items():
            actor = ACTOR_NAMES[DEFAULT_ACTORS[remedy.role]]
            parts.append(f"| `{cause}` | {remedy.observation} | {check.told_apart.get(cause, '')} | {actor} |")
        parts.append("")
    before, _, after = page.partition(BEGIN)
    return before + "\n".join([*parts, END]) + after.partition(END)[2]


def schema() -> dict[str, Any]:
    """Return every class that travels in facts: its fields, their types, and whether they have a default."""
    classes = {c for check in checks.ALL for c in dataclasses_of(check.facts)}
    named = {f"{c.__module__}.{c.__qualname__}": c for c in classes}
    return {
        "facts_schema": FACTS_SCHEMA,
        "classes": {
            name: {
                f.name: {
                    "type": type_name(get_type_hints(cls)[f.name]),
                    "since": f.metadata.get("since", 1),
                    "required": f.default is MISSING,
                }
                for f in fields(cls)
            }
            for name, cls in sorted(named.items())
        },
    }


def pages() -> dict[Path, str]:
    """Return every generated file and its text."""
    return {
        ROOT / "docs" / "checks.md": checks_page(),
        ROOT / "docs" / "privacy.md": privacy_page(),
        ROOT / "docs" / "diagnosis.md": diagnosis_page(),
        ROOT / "tests" / "snapshots" / "facts.json": json.dumps(schema(), ensure_ascii=False, indent=1) + "\n",
    }


def main() -> int:
    """Write the pages, or with `--check` compare them."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run make docs\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8")
        sys.stderr.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
