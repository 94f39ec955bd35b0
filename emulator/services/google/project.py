"""Cloud projects and their OAuth clients: the state most refusals follow from.

Facts: which users a project admits depends on its user type and publishing status ("Manage App Audience", Cloud
help); an API call is refused by the project of the OAuth client, not of the user ("Enable APIs").
"""

from __future__ import annotations

from ...kernel.live import Column, Live
from ...kernel.world import World
from .api_keys import ApiKeys
from .quota import Quota, keep_quota, quota_of

__all__ = ["CLIENT_UNUSED_LIFETIME", "Client", "Project"]

# Six months without token activity, and the thirty days in which a deleted client can still be restored.
CLIENT_UNUSED_LIFETIME = (183 + 30) * 86400
ACCESS_BLOCKED = ("", "org_internal", "access_denied")


class Project(Live):
    """A Google Cloud project with its consent screen.

    ``user_type`` "internal" admits only accounts of ``organization``; "external" with ``publishing_status``
    "testing" admits only ``test_users``, whose refresh tokens die after seven days; ``verified`` removes the warning
    page. ``denied_as`` overrides the page a refused account sees (see docs/decisions.md). ``user_cap`` is how many
    accounts may ever grant an unverified external app more than signing in.
    """

    table, key, kind = "google_project", "id", "project"

    number = Column(int)
    title = Column(str)
    user_type = Column(str, choices=("external", "internal"))
    publishing_status = Column(str, choices=("testing", "production"))
    verified = Column(bool)
    organization = Column(str)
    denied_as = Column(str, choices=ACCESS_BLOCKED)
    user_cap = Column(int)

    @property
    def id(self) -> str:
        """The project id, such as "demo-project"."""
        return self._name

    @property
    def enabled_apis(self) -> tuple[str, ...]:
        """Service names of the enabled APIs, sorted."""
        rows = self._world.all("SELECT api FROM google_enabled_api WHERE project = ? ORDER BY api", (self._name,))
        return tuple(row[0] for row in rows)

    def enable(self, api: str) -> None:
        """Enable an API by its service name ("gmail.googleapis.com"); takes effect at once."""
        with self._world.transaction():
            self._world.execute("INSERT OR IGNORE INTO google_enabled_api VALUES (?, ?)", (self._name, api))

    def disable(self, api: str) -> None:
        """Disable an API: its calls then answer 403 ``SERVICE_DISABLED``; tokens stay valid."""
        with self._world.transaction():
            self._world.execute("DELETE FROM google_enabled_api WHERE project = ? AND api = ?", (self._name, api))

    @property
    def api_keys(self) -> tuple[str, ...]:
        """The API keys of the project, sorted."""
        return ApiKeys(self._world).of(self._name)

    def add_api_key(self, value: str, *apis: str) -> None:
        """Let ``value`` be a key of the project, where ``apis`` are given for these service names only."""
        ApiKeys(self._world).keep(value, self._name, apis)

    def remove_api_key(self, value: str) -> None:
        """Delete a key."""
        ApiKeys(self._world).remove(value)

    @property
    def quota(self) -> Quota | None:
        """The limits of the project's calls, ``None`` (as every project begins) without any.

        Set ``Quota()`` for those of a project of today, ``Quota(costs="legacy")`` for an older one's.
        """
        return quota_of(self._world, self._name)

    @quota.setter
    def quota(self, quota: Quota | None) -> None:
        keep_quota(self._world, self._name, quota)

    @property
    def test_users(self) -> tuple[str, ...]:
        """Addresses of the listed test users, sorted."""
        rows = self._world.all("SELECT email FROM google_tester WHERE project = ? ORDER BY email", (self._name,))
        return tuple(row[0] for row in rows)

    def add_test_user(self, email: str) -> None:
        """List ``email`` as a test user."""
        with self._world.transaction():
            self._world.execute("INSERT OR IGNORE INTO google_tester VALUES (?, ?)", (self._name, email.lower()))

    def remove_test_user(self, email: str) -> None:
        """Take ``email`` off the list of test users."""
        with self._world.transaction():
            self._world.execute(
                "DELETE FROM google_tester WHERE project = ? AND email = ?", (self._name, email.lower())
            )


class Client(Live):
    """An OAuth client of a project. ``type`` is "desktop", "web" or "tv"; "service" stands behind a service account.

    ``desktop_like_web`` makes a desktop client return a refresh token only under the rule of web clients.
    """

    table, key, kind = "google_client", "client_id", "OAuth client"

    name = Column(str)
    type = Column(str, choices=("desktop", "web", "tv", "service"))
    deleted = Column(bool)
    desktop_like_web = Column(bool)

    @classmethod
    def named(cls, world: World, name: str) -> Client:
        """The client of that name or client id. Raises ``UnknownName``."""
        found = world.value("SELECT client_id FROM google_client WHERE name = ?", (name,))
        return cls.of(world, found or name)

    @property
    def client_id(self) -> str:
        """The client id as an Actor is given it."""
        return self._name

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is accepted, oldest first as kept."""
        rows = self._world.all("SELECT secret FROM google_client_secret WHERE client_id = ?", (self._name,))
        return tuple(row[0] for row in rows)

    @property
    def secret(self) -> str:
        """A secret that is accepted. Raises ``LookupError`` where all were taken away."""
        if not (secrets := self.secrets):
            raise LookupError(f"{self!r} has no secret left; add one with add_secret(...)")
        return secrets[0]

    def add_secret(self, secret: str) -> None:
        """Accept ``secret`` as well."""
        with self._world.transaction():
            self._world.execute("INSERT OR IGNORE INTO google_client_secret VALUES (?, ?)", (self._name, secret))

    def remove_secret(self, secret: str) -> None:
        """Accept ``secret`` no longer."""
        with self._world.transaction():
            self._world.execute(
                "DELETE FROM google_client_secret WHERE client_id = ? AND secret = ?", (self._name, secret)
            )

    @property
    def project(self) -> Project:
        """The project that owns the client."""
        owner = self._world.value("SELECT project FROM google_client WHERE client_id = ?", (self._name,))
        return Project.of(self._world, str(owner))

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """The registered redirect URIs, sorted."""
        rows = self._world.all("SELECT uri FROM google_redirect_uri WHERE client_id = ? ORDER BY uri", (self._name,))
        return tuple(row[0] for row in rows)

    def add_redirect_uri(self, uri: str) -> None:
        """Register ``uri`` as well."""
        with self._world.transaction():
            self._world.execute("INSERT OR IGNORE INTO google_redirect_uri VALUES (?, ?)", (self._name, uri))
