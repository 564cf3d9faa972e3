"""What is wrong with a database that does not do what is asked of it, and what is there to do? In French."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError

_OF_SQLITE: Final[Mapping[str, str]] = {
    "SQLITE_CANTOPEN": "le fichier de la base ne peut être ouvert : son dossier existe-t-il, ce compte peut-il y "
    "écrire, le disque est-il en lecture seule ?",
    "SQLITE_READONLY": "la base ne peut être écrite : disque en lecture seule, ou fichiers d'un autre compte",
    "SQLITE_FULL": "le disque est plein : y faire de la place, rien d'acquitté n'est perdu",
    "SQLITE_BUSY": "un autre programme tient la base depuis trop longtemps : l'arrêter, ou attendre qu'il finisse",
    "SQLITE_IOERR": "le disque refuse de lire ou d'écrire : plein, débranché ou abîmé ?",
    "SQLITE_CORRUPT": "le fichier de la base est abîmé : preau-collector restore, avec la dernière sauvegarde",
    "SQLITE_NOTADB": "ce fichier n'est pas une base SQLite : vérifier PREAU_DATABASE_URL et PREAU_DATA_DIR",
}
"""By the beginning of SQLite's name of the error."""


_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")
"""Of SQLite, the beginning of its names; of PostgreSQL, the codes of a damaged table and of a damaged index."""


def is_damaged(error: Exception) -> bool:
    """Tell whether the database cannot be read any more: waiting does not help, a backup does."""
    origin = getattr(error, "orig", None)
    name = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or ""
    return isinstance(error, DBAPIError) and name.startswith(_DAMAGED)


def said_of(error: DBAPIError) -> str:
    """Say what is wrong; what has no words of ours is told as the database says it."""
    name = getattr(error.orig, "sqlite_errorname", "")
    ours = next((words for known, words in _OF_SQLITE.items() if name.startswith(known)), None)
    said = " ".join(str(error.orig).split())
    if ours is not None:
        return f"{ours} ({said})"
    return f"la base de données ne répond pas ou n'est pas à jour ({said}) ; essayez : preau-collector db upgrade"
