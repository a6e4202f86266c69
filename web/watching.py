"""/healthz, /readyz and /metrics: for whoever watches the service."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from model.errors import FirstrungError
from scheduler import metrics
from scheduler.steps import House
from store.database import found_schema, newest_schema


def watching(house: Callable[[], House], *, figures: bool = True) -> APIRouter:
    """The routes; `house()` gives the service's open house at each request. They tell nothing about any person.

    `figures`: with /metrics, which tells how many people a service has and is not for everybody.
    """
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        """This process answers."""
        return Response("alive\n", media_type="text/plain")

    @router.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        """The database answers and has this program's tables; 503 otherwise, with the reason."""
        try:
            found = found_schema(house().database)
        except FirstrungError as error:
            return Response(f"{error}\n", status_code=503, media_type="text/plain")
        if found != newest_schema():
            return Response(f"the schema is {found}, not {newest_schema()}\n", status_code=503, media_type="text/plain")
        return Response("ready\n", media_type="text/plain")

    if not figures:
        return router

    @router.get("/metrics", include_in_schema=False)
    def tell_metrics() -> Response:
        """Prometheus's text format; 503 when the database does not answer."""
        try:
            return Response(metrics.exposition(house()), headers={"Content-Type": metrics.CONTENT_TYPE})
        except FirstrungError as error:
            return Response(f"{error}\n", status_code=503, media_type="text/plain")

    return router
