CREATE TABLE IF NOT EXISTS provider_client (
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (provider, client_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS provider_redirect_uri (
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    uri TEXT NOT NULL,
    PRIMARY KEY (provider, client_id, uri)
) WITHOUT ROWID;

-- An authorization request while its pages are walked; cookie ties it to one browser.
CREATE TABLE IF NOT EXISTS provider_authorization (
    part TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    cookie TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    state TEXT NOT NULL,
    user TEXT NOT NULL DEFAULT '',
    expires_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS provider_code (
    code TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    user TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;

-- A grant and its newest access token; refresh_token is empty where access tokens do not expire.
CREATE TABLE IF NOT EXISTS provider_grant (
    access_token TEXT PRIMARY KEY,
    refresh_token TEXT NOT NULL,
    provider TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    user TEXT NOT NULL,
    expires_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS provider_grant_by_refresh_token ON provider_grant (refresh_token);
