"""What does the site say of itself? The accessibility declaration, and the files pages are dressed with."""

from fastapi import Request
from fastapi.responses import Response

from collector.pages.routes import page_router
from collector.rendering import SECURITY_HEADERS, STATIC_TYPES, page, refusal, static, theme_file

router = page_router()


@router.get("/accessibilite")
def accessibility(request: Request) -> Response:
    """Declare how accessible the site is. Open to everybody: no data of a school is on it."""
    return page(request, "accessibility.html")


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """Serve the style sheet, the icon, and the operator's theme."""
    headers = {**SECURITY_HEADERS, "Cache-Control": "public, max-age=3600"}
    theme = theme_file(request) if name == "theme.css" else None
    if theme is not None:
        return Response(theme.read_bytes(), headers=headers, media_type="text/css; charset=utf-8")
    if name not in STATIC_TYPES:
        return refusal(request, 404, "Page inconnue", "Cette adresse ne mène à rien.")
    return Response(static(name), headers=headers, media_type=STATIC_TYPES[name])
