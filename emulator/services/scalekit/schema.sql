-- An environment of the vendor: its credentials are the rows of scalekit_credential.
CREATE TABLE IF NOT EXISTS scalekit_environment (
    domain TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    verification TEXT NOT NULL DEFAULT 'scalekit',
    link_lifetime REAL NOT NULL DEFAULT 600
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scalekit_credential (
    client_id TEXT PRIMARY KEY,
    environment TEXT NOT NULL REFERENCES scalekit_environment,
    secret TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scalekit_bearer (
    token TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scalekit_connection (
    id TEXT PRIMARY KEY,
    environment TEXT NOT NULL REFERENCES scalekit_environment,
    name TEXT NOT NULL COLLATE NOCASE,
    provider TEXT NOT NULL,
    type TEXT NOT NULL,
    client_id TEXT NOT NULL DEFAULT '',
    client_secret TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL DEFAULT '[]',
    enabled INTEGER NOT NULL DEFAULT 1,
    proxy_enabled INTEGER NOT NULL DEFAULT 0,
    redirect_registered INTEGER NOT NULL DEFAULT 1,
    created_at REAL NOT NULL,
    UNIQUE (environment, name)
) WITHOUT ROWID;

-- number keeps the order of creation, which is the order of every list.
CREATE TABLE IF NOT EXISTS scalekit_account (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    connection TEXT NOT NULL REFERENCES scalekit_connection ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    organization_id TEXT NOT NULL DEFAULT '',
    user_id TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    access_token TEXT NOT NULL DEFAULT '',
    refresh_token TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL DEFAULT '[]',
    token_expires_at REAL,
    static_details TEXT NOT NULL DEFAULT '',
    api_config TEXT NOT NULL DEFAULT '{}',
    updated_at REAL NOT NULL,
    last_used_at REAL,
    UNIQUE (connection, identifier)
);

CREATE TABLE IF NOT EXISTS scalekit_link (
    number INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES scalekit_account (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT '',
    user_verify_url TEXT NOT NULL DEFAULT '',
    made_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS scalekit_link_of_account ON scalekit_link (account, number);

-- A link that was opened: the browser is away at the provider, or at the form for static credentials.
CREATE TABLE IF NOT EXISTS scalekit_flow (
    state TEXT PRIMARY KEY,
    link TEXT NOT NULL REFERENCES scalekit_link (token) ON DELETE CASCADE,
    cookie TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;

-- A finished flow whose user has yet to be confirmed, with the credentials that become live then.
CREATE TABLE IF NOT EXISTS scalekit_auth_request (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES scalekit_account (id) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    credentials TEXT NOT NULL,
    expires_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scalekit_plan (
    account TEXT PRIMARY KEY REFERENCES scalekit_account (id) ON DELETE CASCADE,
    polls INTEGER,
    seconds REAL,
    as_user TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Tools a program added; what runs them is held in memory by name.
CREATE TABLE IF NOT EXISTS scalekit_tool (
    name TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    description TEXT NOT NULL,
    inputs TEXT NOT NULL
) WITHOUT ROWID;
