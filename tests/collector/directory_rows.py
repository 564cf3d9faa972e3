"""What does a table of the open directory look like, for tests: one invented line, or several."""

from collections.abc import Callable, Mapping

from collector import directory
from collector.directory import Row
from collector.sheet import Refusal, read_sheet

SCHOOL: Mapping[str, str] = {
    "Identifiant_de_l_etablissement": "0300185N",
    "Nom_etablissement": "Ecole maternelle  Le Moulin",
    "Type_etablissement": "Ecole",
    "Statut_public_prive": "Public",
    "Code_postal": "30100",
    "Code_commune": "30007",
    "Nom_commune": "Alès",
    "Code_departement": "030",
    "Code_academie": "11",
    "Ecole_maternelle": "1",
    "Ecole_elementaire": "0",
    "Nombre_d_eleves": "118",
    "Type_contrat_prive": "SANS OBJET",
    "Libelle_departement": "Gard",
    "Libelle_academie": "Montpellier",
    "nom_circonscription": "Circonscription d'inspection du 1er degré d'Alès 1",
    "latitude": "44.13726264629952",
    "longitude": "4.0917604319204",
    "etat": "OUVERT",
    "code_nature": "101",
    "code_circonscription": "0300072R",
}
OFFICE = {
    **dict.fromkeys(SCHOOL, ""),
    "Identifiant_de_l_etablissement": "0300072R",
    "Nom_etablissement": "Circonscription d inspection du 1er degré d'Alès 1",
    "Type_etablissement": "Service Administratif",
    "code_nature": "809",
}


def table(*rows: Mapping[str, str], separator: str = ";", title: Callable[[str], str] = str) -> str:
    lines = [separator.join(map(title, rows[0])), *(separator.join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


def read(content: str | bytes) -> list[Row | Refusal]:
    return list(directory.rows(read_sheet(content if isinstance(content, bytes) else content.encode())))


def one(content: str | bytes) -> Row:
    (row,) = read(content)
    assert isinstance(row, Row), row
    return row


def refusal(content: str | bytes) -> Refusal:
    (found,) = (row for row in read(content) if isinstance(row, Refusal))
    return found


def without(*titles: str, **changed: str) -> str:
    return table({name: value for name, value in (SCHOOL | changed).items() if name not in titles})
