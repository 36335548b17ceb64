"""What goes wrong on a page is said on a page: what was seen, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from fairlead.app.problems import Missing
from fairlead.app.web.rendering import page
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import surrounding
from fairlead.errors import FairleadError


def page_route(desk: Desk) -> type[APIRoute]:
    """Return the kind of route whose expected failures are answered with a page of this desk."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except FairleadError as error:
                    status = 404 if isinstance(error, Missing) else getattr(error, "status", 422)
                    return problem_page(desk, status, error.cause, error.fix)
                except RequestValidationError as error:
                    first = error.errors()[0]
                    said = f"{first['loc'][-1]}: {first['msg']}"
                    return problem_page(desk, 422, said, "go back and mend what was filled in")

            return answer

    return PageRoute


def problem_page(desk: Desk, status: int, cause: str, fix: str) -> Response:
    """Return a page that says what was seen and what to do."""
    return page("worksheet/problem.html", status=status, cause=cause, fix=fix, **surrounding(desk))
