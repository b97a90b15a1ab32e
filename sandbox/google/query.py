"""The parameters of a listing: parsed, and refused where Google refuses them."""

from dataclasses import dataclass, replace
from datetime import datetime

from sandbox.google.errors import GoogleError, invalid
from sandbox.google.times import parse_instant, zone_named

DEFAULT_PAGE, LARGEST_PAGE = 250, 2500
NOT_WITH_SYNC = (
    "iCalUID", "orderBy", "privateExtendedProperty", "sharedExtendedProperty", "q", "timeMin", "timeMax", "updatedMin",
)  # fmt: skip
NO_TOKEN_AFTER = tuple(name for name in NOT_WITH_SYNC if name not in ("timeMin", "timeMax"))


@dataclass(frozen=True)
class Query:
    """The parameters of a listing, parsed. `named` holds the names that the caller gave."""

    named: frozenset[str]
    limit: int = DEFAULT_PAGE
    page_token: str | None = None
    sync_token: str | None = None
    time_min: datetime | None = None
    time_max: datetime | None = None
    updated_min: datetime | None = None
    single: bool = False
    deleted: bool = False
    order: str = ""
    q: str = ""
    ical_uid: str = ""
    private: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    zone: str = ""

    @property
    def fingerprint(self) -> str:
        """Equal for queries that may continue each other's pages."""
        return repr(replace(self, named=frozenset(), limit=0, page_token=None))


def _boolean(params: dict[str, list[str]], name: str) -> bool:
    text = params.get(name, ["false"])[-1].lower()
    if text not in ("true", "false"):
        raise invalid(f"Invalid boolean value: '{text}'.", name)
    return text == "true"


def parse_query(params: dict[str, list[str]]) -> Query:
    """400 for what Google refuses, among it every filter that a syncToken excludes."""

    def last(name: str) -> str | None:
        return params[name][-1] if name in params else None

    def instant(name: str) -> datetime | None:
        text = last(name)
        return parse_instant(text, name) if text else None

    try:
        limit = int(last("maxResults") or DEFAULT_PAGE)
    except ValueError as problem:
        raise invalid("Invalid integer value.", "maxResults") from problem
    if limit < 1:
        raise invalid("Values must be within the range: [1, 2147483647]", "maxResults")
    query = Query(
        named=frozenset(params),
        limit=min(limit, LARGEST_PAGE),
        page_token=last("pageToken"),
        sync_token=last("syncToken"),
        time_min=instant("timeMin"),
        time_max=instant("timeMax"),
        updated_min=instant("updatedMin"),
        single=_boolean(params, "singleEvents"),
        deleted=_boolean(params, "showDeleted"),
        order=last("orderBy") or "",
        q=last("q") or "",
        ical_uid=last("iCalUID") or "",
        private=tuple(params.get("privateExtendedProperty", ())),
        shared=tuple(params.get("sharedExtendedProperty", ())),
        event_types=tuple(params.get("eventTypes", ())),
        zone=zone_named(zone).key if (zone := last("timeZone")) else "",
    )
    if query.sync_token:
        clash = sorted(query.named & set(NOT_WITH_SYNC))
        if clash or ("showDeleted" in query.named and not query.deleted):
            raise invalid("Sync token cannot be used with other search restrictions.", *(clash or ["showDeleted"])[:1])
    if query.order not in ("", "startTime", "updated"):
        raise invalid("Invalid string value.", "orderBy")
    if query.order == "startTime" and not query.single:
        raise invalid("The requested ordering is not available for the particular query.", "orderBy")
    if query.time_min and query.time_max and query.time_min >= query.time_max:
        raise GoogleError(400, "timeRangeEmpty", "The specified time range is empty.", location="timeMax")
    return query
