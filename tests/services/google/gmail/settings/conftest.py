"""A Workspace organization with a service account that acts for its users."""

from __future__ import annotations

import pytest
from googleapiclient.errors import HttpError

ORGANIZATION = """
google:
  projects: [{id: works, number: 222222222222, enabled: [gmail.googleapis.com]}]
  users:
    - {email: w@work.example, name: Wanda, organization: work.example}
    - {email: x@work.example, name: Xaver, organization: work.example}
    - {email: out@elsewhere.example}
  service_accounts:
    - {name: robot, project: works, delegations: [{organization: work.example, scopes: [gmail.settings.sharing]}]}
"""
ALL = ("gmail.settings.basic", "gmail.settings.sharing", "gmail.modify")


@pytest.fixture
def work(site):
    """The world with the organization planted."""
    site.app.seed(text=ORGANIZATION)
    return site


@pytest.fixture
def wanda(work):
    """Wanda's mailbox, as a test holds it."""
    return work.box("w@work.example")


@pytest.fixture
def settings(work, client_of):
    """``users().settings()`` of Google's client, as Wanda."""
    return client_of("w@work.example").settings()


@pytest.fixture
def robot(work, client_of):
    """``users().settings()`` as the service account that acts for Wanda."""
    return client_of("w@work.example", "robot@works.iam.gserviceaccount.com").settings()


@pytest.fixture
def client_of(work, pipeline_http):
    """``users()`` of Google's client for a user, through an OAuth client with every scope settings need."""
    from googleapiclient.discovery import build

    def make(user, client="desk"):
        token = work.app.google.user(user).access_token(client, ALL)
        return build("gmail", "v1", http=pipeline_http(work, token), static_discovery=True).users()

    return make


@pytest.fixture
def refusal():
    """Runs a request that must be refused; answers status and message."""

    def run(request):
        with pytest.raises(HttpError) as refused:
            request.execute()
        return refused.value.status_code, refused.value.reason

    return run
