"""What does each cause of `network.tls` mean, what tells it from its neighbours, and who must do what about it?"""

from collections.abc import Mapping
from typing import Final

from checks.model import Remedy, Role

TOLD_APART: Final[Mapping[str, str]] = {
    "not_connected": "La connexion a été faite pour `network.reach`, et ne l'est plus pour l'échange chiffré.",
    "tls_cut": "La connexion est coupée (ou refusée par une alerte) après que le poste a nommé le service, ici "
    "seulement.",
    "tls_stalled": "La connexion est acceptée, puis plus rien n'arrive, même en petits paquets (sinon `network.mtu`).",
    "answered_in_clear": "Ce qui répond n'est pas du TLS : une page en clair d'un filtre ou d'un proxy.",
    "tls_version_refused": "Aucune version commune, sans second regard pour dire si c'est le service ou le chemin.",
    "tls_version_lowered": "Aucune version commune ici, alors que le collecteur parle au service : c'est le chemin.",
    "interception_trusted": "L'émetteur n'est pas celui que voit le collecteur (ou est celui d'un filtre connu), "
    "et le poste l'accepte ; n'est un écart que si le profil le refuse.",
    "interception_unknown_to_firefox": "Comme `interception_trusted`, et la liste propre de Firefox, stratégies "
    "et profils compris, refuse cette autorité ; bloque si Firefox est le navigateur par défaut, ou le seul.",
    "interception_expired": "Le certificat refusé comme périmé est celui d'un filtre, non du service, et "
    "l'horloge du poste est à l'heure.",
    "interception_untrusted": "L'émetteur est celui d'un filtre connu, ou n'est pas celui que voit le collecteur, "
    "et le poste ne l'accepte pas.",
    "root_missing": "L'émetteur est bien celui que voit le collecteur, et le poste ne l'accepte pas.",
    "certificate_untrusted": "L'autorité est inconnue du poste, sans second regard pour dire qui signe.",
    "certificate_expired": "Le certificat est périmé et l'horloge du poste est à l'heure (sinon `network.clock` "
    "l'explique).",
    "certificate_not_yet_valid": "Le certificat n'est pas encore valable et l'horloge du poste est à l'heure "
    "(sinon `network.clock` l'explique).",
    "certificate_wrong_name": "Le certificat est celui d'un autre nom, ici seulement : quelque chose répond à la "
    "place du service.",
    "service_tls_faulty": "L'échange chiffré échoue de la même façon pour le collecteur.",
    "service_certificate_faulty": "Le certificat est refusé pour la même raison par le collecteur.",
}
"""By cause: what was seen, and what is its neighbour's."""

REMEDIES: Final[Mapping[str, Remedy]] = {
    "not_connected": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Le service n'accepte pas la connexion.",
        action="Autoriser les hôtes et ports du service depuis le réseau de l'école.",
    ),
    "tls_cut": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="La connexion est coupée quand le poste nomme le service.",
        action="Autoriser les noms du service dans le filtrage, sans déchiffrement.",
    ),
    "tls_stalled": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="La connexion au service est acceptée, puis l'échange chiffré s'arrête.",
        action="Autoriser les noms du service dans le filtrage, sans déchiffrement.",
    ),
    "answered_in_clear": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Une réponse en clair arrive à la place de l'échange chiffré.",
        action="Autoriser les adresses du service dans le filtrage ou le proxy, qui répond à sa place.",
    ),
    "tls_version_refused": Remedy(
        role=Role.EDITOR,
        observation="Le service ne parle qu'une version de TLS périmée.",
        action="Offrir TLS 1.2 ou 1.3.",
    ),
    "tls_version_lowered": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="En chemin, seule une version périmée de TLS est offerte.",
        action="Mettre à jour l'équipement qui déchiffre, ou exempter le service de déchiffrement.",
    ),
    "interception_trusted": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Le filtrage déchiffre le service, et le poste l'accepte.",
        action="Exempter le service de déchiffrement : son profil le demande.",
    ),
    "interception_unknown_to_firefox": Remedy(
        role=Role.EQUIPMENT_OWNER,
        observation="Le filtrage déchiffre le service ; le poste reconnaît son autorité, mais pas Firefox.",
        action="Installer l'autorité du filtrage dans Firefox aussi (stratégie Certificates de Firefox).",
    ),
    "interception_expired": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Le filtrage déchiffre le service avec un certificat périmé.",
        action="Renouveler le certificat de l'autorité du filtrage et le donner aux postes.",
    ),
    "interception_untrusted": Remedy(
        role=Role.EQUIPMENT_OWNER,
        observation="Le filtrage déchiffre le service et le poste ne reconnaît pas son autorité.",
        action="Installer sur le poste le certificat de l'autorité du filtrage, à demander à qui l'exploite.",
    ),
    "root_missing": Remedy(
        role=Role.EQUIPMENT_OWNER,
        observation="Il manque au poste l'autorité qui signe le service.",
        action="Mettre à jour les certificats racines du poste (mises à jour du système).",
    ),
    "certificate_untrusted": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Le certificat présenté au poste est signé par une autorité inconnue.",
        action="Dire si le filtrage déchiffre ce service ; si oui, l'exempter ou fournir son autorité aux postes.",
    ),
    "certificate_expired": Remedy(
        role=Role.EDITOR,
        observation="Le certificat présenté au poste est périmé.",
        action="Renouveler le certificat du service.",
    ),
    "certificate_not_yet_valid": Remedy(
        role=Role.EQUIPMENT_OWNER,
        observation="Le certificat présenté au poste n'est pas encore valable.",
        action="Vérifier la date et l'heure du poste.",
    ),
    "certificate_wrong_name": Remedy(
        role=Role.FILTER_OPERATOR,
        observation="Le certificat présenté au poste est celui d'un autre nom.",
        action="Vérifier que le filtrage ou le DNS ne détourne pas le service.",
    ),
    "service_tls_faulty": Remedy(
        role=Role.EDITOR,
        observation="L'échange chiffré avec le service échoue, pour le collecteur aussi.",
        action="Rétablir le service.",
    ),
    "service_certificate_faulty": Remedy(
        role=Role.EDITOR,
        observation="Le certificat du service est refusé, par le collecteur aussi.",
        action="Corriger le certificat du service.",
    ),
}
"""By cause."""
