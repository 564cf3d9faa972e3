"""Which pages are there to look at? Every kind of page, in each of its states; tests of all pages go over these."""

from typing import Final

from tests.collector.measured import GRAND_TILLEUL, HIRONDELLES, LIBELLULES, MARELLE, MOULIN, pc_of

NOBODY: Final = "0990011Z"
"""A school where no workstation is enrolled."""

PAGES: Final = (
    "/",
    "/territoires/academie:99",
    "/territoires/departement:099",
    "/territoires/departement:099?etat=non-pret",
    "/territoires/circonscription:0990001N",
    "/territoires/commune:99001",
    "/territoires/academie:99?secteur=public&type=maternelle&vague=1",
    "/territoires/departement:099?contrat=hors",
    "/?etat=inconnu",
    "/?etat=vert",
    "/territoires/departement:099/actions",
    "/territoires/departement:099/actions?acteur=editeur",
    "/territoires/departement:099/actions?acteur=fournisseur_acces",
    "/territoires/departement:099/actions/network.tls/interception_untrusted",
    "/territoires/departement:099/contacts",
    "/recherche",
    "/recherche?q=moulin",
    "/recherche?q=rien+du+tout",
    "/recherche?etat=non-pret",
    "/territoires/wave:1",
    f"/ecoles/{MOULIN}",
    f"/ecoles/{MARELLE}",
    f"/ecoles/{GRAND_TILLEUL}",
    f"/ecoles/{HIRONDELLES}",
    f"/ecoles/{LIBELLULES}",
    f"/ecoles/{NOBODY}",
    "/ecoles/0311131L",
    "/territoires/lune",
    "/profils",
    "/accessibilite",
    "/connexion",
    "/compte",
    f"/ecoles/{MOULIN}/enrolement",
    f"/postes/{pc_of(MOULIN, 1)}",
    f"/postes/{pc_of(HIRONDELLES, 3)}",
    f"/ecoles/{HIRONDELLES}/enrolement",
)
