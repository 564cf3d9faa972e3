"""Pages say the outcome with its coverage and date, in French, in HTML that everybody can read."""

import time
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from collector.rendering import SECURITY_HEADERS, static
from collector.store.engine import Store
from collector.store.readiness import refresh_school
from collector.store.schema import upgrade
from collector.store.school_list import PAGE
from collector.store.tokens import add_token
from collector.tables import School, Token
from tests.collector.every_page import PAGES
from tests.collector.measured import GRAND_TILLEUL, LIBELLULES, MARELLE, MOULIN, fill_database, open_app

SPITEFUL = """École "Jeanne & <b>L'Hermitte</b>"<script>alert(1)</script>"""


class Outline(HTMLParser):
    """What a reader of the page's structure would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and "svg" in self.open:
            tag = "svg:title"
        self.tags.append((tag, dict(attrs)))
        self.text.append(" " if tag in ("td", "th") else "")
        if tag not in ("meta", "link", "img", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() in (tag, f"svg:{tag}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        """The text, with every kind of space as one space."""
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store, Path]]:
    data_dir = tmp_path_factory.mktemp("pages")
    app, store = open_app(data_dir)
    fill_database(store, int(time.time()))
    with store:
        yield TestClient(app), store, data_dir


@pytest.fixture(scope="module")
def client(opened: tuple[TestClient, Store, Path]) -> TestClient:
    return opened[0]


def words(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return Outline(answer.text).words


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound_and_accessible_by_structure(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Outline(answer.text)
    assert not page.open
    assert page.all("html") == [{"lang": "fr"}]
    assert [len(page.all(tag)) for tag in ("h1", "main", "title")] == [1, 1, 1]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert next(a for a in page.all("a"))["href"] == "#contenu"
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(th.get("scope") in ("col", "row") for th in page.all("th"))
    assert all("alt" in image for image in page.all("img"))
    assert all(nav.get("aria-label") for nav in page.all("nav"))
    assert not page.all("script")
    assert not page.all("style")
    assert not [a for _, a in page.tags if "style" in a or any(name.startswith("on") for name in a)]


@pytest.mark.parametrize("path", [*PAGES, "/static/preau.css", "/static/preau.svg"])
def test_every_answer_carries_its_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert headers["content-security-policy"].startswith("default-src 'self'")


def test_the_home_page_lists_territories_with_their_counts(client: TestClient) -> None:
    html = client.get("/").text
    for id_ in ("academie%3A99", "departement%3A099", "circonscription%3A0990001N", "wave%3A1"):
        assert f'href="/territoires/{id_}"'.replace("%3A", ":") in html.replace("%3A", ":")
    text = words(client, "/")
    assert "40 écoles ouvertes, au " in text
    assert "Montcartable circonscription 20 1 1 2 16 25 sur 270" in text
    assert "25 postes mesurés ; 543 attendus dans les écoles qui l'ont indiqué" in text


def test_a_school_page_says_where_it_stands_why_and_who_must_act(client: TestClient) -> None:
    text = words(client, f"/ecoles/{MOULIN}")
    for said in (
        "Ecole maternelle Le Moulin",
        "Saint-Préau-sur-Lente",
        MOULIN,
        "✗ Non prêt Cause commune à l'école : le filtrage déchiffre le service",
        "8 postes mesurés sur 10 attendus (80 %)",
        "1 poste au relevé trop ancien, 1 poste en attente d'acceptation",
        "État au ",
        "Capacité Débit pas encore mesuré",
        "Jugé selon ent-1d-exemple, version 1",
        "2 postes attendus n'ont pas de relevé récent",
        "Cette action suffit à débloquer 5 postes",
        "07 bibliothèque (BCD)",
        "audit lancé à la main",
        "Relevé trop ancien",
        "En attente d'acceptation",
    ):
        assert said in text, said
    assert text.index("Pour toute l'école") < text.index("Poste par poste") < text.index("Chaque poste enrôlé")


def test_each_actor_is_named_with_its_part(client: TestClient) -> None:
    text = words(client, f"/ecoles/{LIBELLULES}")
    assert "Pour toute l'école L'éditeur de l'ENT Rétablir le service." in text
    assert "Poste par poste La commune Mettre à niveau le système" in text


def test_a_ready_school_and_an_unmeasured_one_say_so(client: TestClient) -> None:
    assert "✓ Prêt Les 6 postes mesurés sont prêts." in words(client, f"/ecoles/{MARELLE}")
    assert "Rien à corriger sur les postes mesurés." in words(client, f"/ecoles/{MARELLE}")
    assert "! Prêt avec réserves" in words(client, f"/ecoles/{GRAND_TILLEUL}")
    nobody = words(client, "/ecoles/0990011Z")
    assert "? Inconnu Aucun poste mesuré sur 12 attendus." in nobody
    assert "demander un code d'enrôlement" in nobody


def test_what_is_written_by_others_stays_text(opened: tuple[TestClient, Store, Path]) -> None:
    client, store, _ = opened

    def spoil(session, name: str) -> str:  # type: ignore[no-untyped-def]
        school = session.get_one(School, "0990048P")
        before, school.name, school.commune_name = school.name, name, name
        return before

    before = store.write(lambda session: spoil(session, SPITEFUL))
    try:
        for path in ("/ecoles/0990048P", "/territoires/departement:099", "/territoires/circonscription:0990002P"):
            html = client.get(path).text
            assert "<script" not in html
            assert "<b>" not in html
            assert SPITEFUL in Outline(html).words
    finally:
        store.write(lambda session: spoil(session, before))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/ecoles/0311131L", "L'annuaire importé n'a pas d'école 0311131L."),
        ("/ecoles/0990019A", "un de ses signes est faux"),
        ("/ecoles/<script>", "n'est pas un code UAI"),
        ("/territoires/academie:01", "Aucune école ouverte dans « academie:01 »."),
        ("/territoires/lune", "un territoire s'écrit nation"),
        ("/static/autre.css", "Cette adresse ne mène à rien."),
    ],
)
def test_what_does_not_exist_is_a_french_page(client: TestClient, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in Outline(answer.text).words
    assert "<script" not in answer.text


def test_the_nation_is_the_home_page_and_addresses_are_forgiving(client: TestClient) -> None:
    assert client.get("/territoires/nation", follow_redirects=False).headers["location"] == "/"
    assert client.get(f"/ecoles/{MOULIN.lower()}").status_code == 200


def test_schools_are_chosen_by_state(client: TestClient) -> None:
    text = words(client, "/territoires/departement:099?etat=non-pret")
    assert "Écoles dans l'état « Non prêt »" in text
    listed = text.partition("Écoles dans l'état « Non prêt »")[2]
    assert MOULIN in listed
    assert MARELLE not in listed
    nonsense = client.get("/territoires/departement:099?etat=<b>vert")
    assert nonsense.status_code == 422
    assert "Filtre etat : « <b>vert » n'est pas un choix" in Outline(nonsense.text).words
    assert "Aucune école dans cet état" in words(client, "/territoires/circonscription:0990002P?etat=pret")


def test_a_long_list_is_paged_by_key_in_the_order_of_names(opened: tuple[TestClient, Store, Path]) -> None:
    client, store, _ = opened
    with store.reading() as session:
        model = session.get_one(School, MOULIN).model_dump(exclude={"listed_as"})
    codes = [f"{number:03}" for number in range(2 * PAGE + 5)]
    many = [
        School(**{**model, "uai": f"L{c}", "wave": "long", "commune_name": f"{'É' if int(c) % 2 else 'e'}tang {c}"})
        for c in codes
    ]
    store.write(lambda session: session.add_all(many))
    store.write(lambda session: refresh_school(session, "L000", int(time.time())))
    seen, path = [], "/territoires/wave:long"
    while path:
        page = Outline(client.get(path).text)
        seen.append(
            [a["href"][-4:] for a in page.all("a") if a["href"].startswith("/ecoles/L") and "tabindex" not in a]
        )  # type: ignore[index]
        following = next((a["href"] for a in page.all("a") if a.get("rel") == "next"), None)
        path = f"/territoires/wave:long{following}" if following else ""
    assert [len(some) for some in seen] == [PAGE, PAGE, 5]
    assert [uai for some in seen for uai in some] == [f"L{c}" for c in codes]


def test_an_operator_may_add_a_theme(opened: tuple[TestClient, Store, Path]) -> None:
    client, _, data_dir = opened
    assert "theme.css" not in client.get("/").text
    assert client.get("/static/theme.css").status_code == 404
    theme = data_dir / "theme.css"
    theme.write_text(":root { --accent: #334; }", encoding="utf-8")
    try:
        assert 'href="/static/theme.css"' in client.get("/").text
        assert client.get("/static/theme.css").text == ":root { --accent: #334; }"
    finally:
        theme.unlink()


def test_the_style_sheet_is_small_and_its_own() -> None:
    sheet = static("preau.css").decode()
    assert len(sheet.encode()) < 24_000
    assert not [word for word in ("marianne", "dsfr", "@import", "url(") if word in sheet.lower()]
    assert "@media print" in sheet


def test_reading_needs_a_token_and_pages_say_so_in_french(tmp_path: Path) -> None:
    app, store = open_app(tmp_path, open_reading=False)
    now = int(time.time())
    with store:
        fill_database(store, now)
        place = "circonscription:0990001N"
        token = Token(name="un", role="lecteur", place=place, secret_sha256="", created_at=now)
        store.write(lambda session: add_token(session, "preau_un", token))
        client = TestClient(app)
        for path in ("/", f"/ecoles/{MOULIN}", "/territoires/academie:99"):
            asked = client.get(path)
            assert asked.url.path == "/connexion"
            assert "S'identifier" in Outline(asked.text).words
        client.headers["Authorization"] = "Bearer preau_un"
        assert "<h1>Montcartable</h1>" in client.get("/").text
        assert client.get("/territoires/departement:099").status_code == 403
        assert client.get("/ecoles/0990031W").status_code == 403
        school = client.get(f"/ecoles/{MOULIN}")
        assert school.status_code == 200
        assert "departement:099" not in school.text.replace("%3A", ":")


def test_a_collector_without_schools_says_what_to_do(tmp_path: Path) -> None:
    app, store = open_app(tmp_path)
    with store:
        upgrade(store.engine)
        assert "preau-collector schools import" in words(TestClient(app), "/")
