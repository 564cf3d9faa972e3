"""What do people see? Server-rendered pages in French, which need no JavaScript."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from collector.pages import about, profiles, schools, search, territories

router: Final = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
for _room in (territories, schools, search, profiles, about):
    router.include_router(_room.router)
