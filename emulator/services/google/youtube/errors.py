"""What YouTube itself refuses, and the two refusals of Google's front end that only an API with keys and days knows.

ApiError
    YouTubeError                    in a ``youtube.*`` domain, without ``status`` and ``details``
        UnknownPart            400  unknownPart
        NoFilter               400  missingRequiredParameter
        IncompatibleFilters    400  incompatibleParameters
        InvalidFilter          400  invalidFilters
        InvalidPageToken       400  invalidPageToken
        InvalidSearchFilter    400  invalidSearchFilter
        SignupRequired         401  youtubeSignupRequired    the account has no channel
        AuthorizationRequired  401  authorizationRequired    ``mine`` of a caller who is nobody
        UnitsSpent             403  quotaExceeded            the pool of units
    SearchesSpent              429  rateLimitExceeded        the bucket of searches
    ApiKeyBlocked              403  forbidden                a key that is for other APIs

Texts and the absence of ``status`` are those of recorded replies (sheet "YouTube Data API v3", part 5, and public issue
threads); what a single method refuses is worded as its page in the API reference says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import ApiError, error_info

__all__ = [
    "ApiKeyBlocked",
    "AuthorizationRequired",
    "IncompatibleFilters",
    "InvalidFilter",
    "InvalidPageToken",
    "InvalidSearchFilter",
    "NoFilter",
    "SearchesSpent",
    "SignupRequired",
    "UnitsSpent",
    "UnknownPart",
    "YouTubeError",
]

_SERVICE = "youtube.googleapis.com"


class YouTubeError(ApiError):
    """An error of YouTube: ``youtube.<subject>`` is its domain. It has neither ``status`` nor ``details``."""

    status_name = ""

    def __init__(self, subject: str, reason: str, message: str, *, code: int = 400, **facts: Any) -> None:
        super().__init__(message, code=code, domain=f"youtube.{subject}", reason=reason, **facts)


class UnknownPart(YouTubeError):
    """400: ``part`` names something the resource has not. The message is that name."""

    def __init__(self, part: str) -> None:
        super().__init__("part", "unknownPart", part, location="part")


class NoFilter(YouTubeError):
    """400: a list without any of the filters it takes."""

    def __init__(self, expected: Iterable[str]) -> None:
        message = f"No filter selected. Expected one of: {', '.join(expected)}"
        super().__init__(
            "parameter", "missingRequiredParameter", message, location="parameters.", location_type="other"
        )


class IncompatibleFilters(YouTubeError):
    """400: more than one filter."""

    def __init__(self, given: Iterable[str]) -> None:
        message = f"Incompatible parameters specified in the request: {', '.join(given)}"
        super().__init__("parameter", "incompatibleParameters", message, location="parameters.", location_type="other")


class InvalidFilter(YouTubeError):
    """400: a filter with a value that cannot be one."""

    def __init__(self) -> None:
        message = "The request specifies an invalid filter parameter."
        super().__init__("parameter", "invalidFilters", message, location="parameters.", location_type="other")


class InvalidPageToken(YouTubeError):
    """400: a page token YouTube never wrote."""

    def __init__(self) -> None:
        message = "The request specifies an invalid page token."
        super().__init__("parameter", "invalidPageToken", message, location="pageToken")


class InvalidSearchFilter(YouTubeError):
    """400: search parameters that do not go together. The recorded ``location`` is empty, and there."""

    def __init__(self) -> None:
        message = "Invalid combination of search filters and/or restrictions."
        super().__init__("search", "invalidSearchFilter", message)

    def _entry(self) -> dict[str, str]:
        return {**super()._entry(), "location": "", "locationType": "parameter"}


class SignupRequired(YouTubeError):
    """401: the account never made a channel. A new token does not help."""

    def __init__(self) -> None:
        super().__init__(
            "header",
            "youtubeSignupRequired",
            "Unauthorized",
            location="Authorization",
            location_type="header",
            cause="no_channel",
            code=401,
        )


class AuthorizationRequired(YouTubeError):
    """401: ``parameter`` asks for what is the caller's own, and the caller only holds a key."""

    def __init__(self, parameter: str) -> None:
        message = f"The request uses the <code>{parameter}</code> parameter but is not properly authorized."
        super().__init__(
            "parameter", "authorizationRequired", message, location=parameter, cause="token_missing", code=401
        )


class UnitsSpent(YouTubeError):
    """403: the project has no units left before midnight in California."""

    def __init__(self) -> None:
        message = (
            "The request cannot be completed because you have exceeded your "
            '<a href="/youtube/v3/getting-started#quota">quota</a>.'
        )
        super().__init__("quota", "quotaExceeded", message, code=403)


class SearchesSpent(ApiError):
    """429: the project has no searches left. ``began`` is the midnight, in seconds, its ``limit`` counts from."""

    status = 429
    reason = "rateLimitExceeded"
    status_name = "RESOURCE_EXHAUSTED"

    def __init__(self, project_number: int, limit: int, began: int) -> None:
        metadata = {
            "quota_location": "global",
            "quota_limit": "defaultSearchListPerDayPerProject",
            "consumer": f"projects/{project_number}",
            "quota_unit": "1/d/{project}",
            "service": _SERVICE,
            "quota_metric": f"{_SERVICE}/search_list",
            "quota_limit_value": str(limit),
            "window_start_time": str(began),
        }
        super().__init__(
            "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service "
            f"'{_SERVICE}' for consumer 'project_number:{project_number}'.",
            details=(error_info("RATE_LIMIT_EXCEEDED", metadata),),
            cause="quota_exceeded",
        )


class ApiKeyBlocked(ApiError):
    """403: the key is restricted to other APIs."""

    status = 403
    reason = "forbidden"
    status_name = "PERMISSION_DENIED"

    def __init__(self, method: str, project_number: int) -> None:
        metadata = {"consumer": f"projects/{project_number}", "service": _SERVICE, "methodName": method}
        super().__init__(
            f"Requests to this API youtube method {method} are blocked.",
            details=(error_info("API_KEY_SERVICE_BLOCKED", metadata),),
            cause="api_key_blocked",
        )
