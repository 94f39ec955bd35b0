-- The Google side of the world: Cloud projects, OAuth clients, accounts, grants and tokens.
-- Times are virtual seconds since the epoch. Scopes are space separated, full names, sorted.

CREATE TABLE IF NOT EXISTS google_project (
    id                TEXT PRIMARY KEY,
    number            INTEGER NOT NULL UNIQUE,
    title             TEXT NOT NULL,
    user_type         TEXT NOT NULL DEFAULT 'external',
    publishing_status TEXT NOT NULL DEFAULT 'testing',
    verified          INTEGER NOT NULL DEFAULT 0,
    organization      TEXT NOT NULL DEFAULT '',
    denied_as         TEXT NOT NULL DEFAULT '',
    user_cap          INTEGER NOT NULL DEFAULT 100
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_tester (
    project TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    email   TEXT NOT NULL,
    PRIMARY KEY (project, email)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_enabled_api (
    project TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    api     TEXT NOT NULL,
    PRIMARY KEY (project, api)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_client (
    client_id         TEXT PRIMARY KEY,
    name              TEXT NOT NULL UNIQUE,
    project           TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    type              TEXT NOT NULL,
    deleted           INTEGER NOT NULL DEFAULT 0,
    desktop_like_web  INTEGER NOT NULL DEFAULT 0,
    last_used         REAL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_client_secret (
    client_id TEXT NOT NULL REFERENCES google_client(client_id) ON DELETE CASCADE,
    secret    TEXT NOT NULL,
    PRIMARY KEY (client_id, secret)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_redirect_uri (
    client_id TEXT NOT NULL REFERENCES google_client(client_id) ON DELETE CASCADE,
    uri       TEXT NOT NULL,
    PRIMARY KEY (client_id, uri)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_account (
    email               TEXT PRIMARY KEY,
    sub                 TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    given_name          TEXT NOT NULL DEFAULT '',
    family_name         TEXT NOT NULL DEFAULT '',
    picture             TEXT NOT NULL DEFAULT '',
    organization        TEXT NOT NULL DEFAULT '',
    disabled            INTEGER NOT NULL DEFAULT 0,
    deleted             INTEGER NOT NULL DEFAULT 0,
    gmail               INTEGER NOT NULL DEFAULT 1,
    advanced_protection INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- A Workspace organization and what its administrators decided. Domains are lower case.
CREATE TABLE IF NOT EXISTS google_organization (
    domain        TEXT PRIMARY KEY,
    session_hours REAL            -- how long a sign-in lasts; NULL for ever
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_blocked_client (
    domain    TEXT NOT NULL REFERENCES google_organization(domain) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    PRIMARY KEY (domain, client_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_trusted_client (
    domain    TEXT NOT NULL REFERENCES google_organization(domain) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    PRIMARY KEY (domain, client_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_restricted_api (
    domain TEXT NOT NULL REFERENCES google_organization(domain) ON DELETE CASCADE,
    api    TEXT NOT NULL,
    PRIMARY KEY (domain, api)
) WITHOUT ROWID;

-- What a user allowed a project (not a client): revocation and incremental scopes work on this.
CREATE TABLE IF NOT EXISTS google_grant (
    account      TEXT NOT NULL REFERENCES google_account(email) ON DELETE CASCADE,
    project      TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    scopes       TEXT NOT NULL,
    consented_at REAL NOT NULL,
    PRIMARY KEY (account, project)
) WITHOUT ROWID;

-- Dead tokens stay: the wire tells only "expired or revoked", the console and the journal tell why.
CREATE TABLE IF NOT EXISTS google_refresh_token (
    number       INTEGER PRIMARY KEY,   -- order of issue; two of one instant still have an oldest
    token        TEXT NOT NULL UNIQUE,
    client_id    TEXT NOT NULL,
    account      TEXT NOT NULL,
    project      TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    issued_at    REAL NOT NULL,
    last_used    REAL NOT NULL,
    expires_at   REAL,
    time_limited INTEGER NOT NULL DEFAULT 0,   -- the user chose expires_at
    dead_reason  TEXT,
    dead_at      REAL
);
CREATE INDEX IF NOT EXISTS google_refresh_token_of ON google_refresh_token (account, client_id, number);
CREATE INDEX IF NOT EXISTS google_refresh_token_grant ON google_refresh_token (account, project);

CREATE TABLE IF NOT EXISTS google_access_token (
    token         TEXT PRIMARY KEY,
    refresh_token TEXT,
    client_id     TEXT NOT NULL,
    account       TEXT NOT NULL,
    project       TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    issued_at     REAL NOT NULL,
    expires_at    REAL NOT NULL,
    dead_reason   TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS google_access_token_grant ON google_access_token (account, project);

-- A service account is an OAuth client without secret and an address that is no account; client_id is its unique id.
CREATE TABLE IF NOT EXISTS google_service_account (
    email     TEXT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE REFERENCES google_client(client_id) ON DELETE CASCADE,
    disabled  INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_service_account_key (
    kid         TEXT PRIMARY KEY,
    email       TEXT NOT NULL REFERENCES google_service_account(email) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    private_pem TEXT NOT NULL,
    public_pem  TEXT NOT NULL,
    deleted     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS google_service_account_key_of ON google_service_account_key (email, number);

-- Domain-wide delegation: what a service account may do as any account of an organization.
CREATE TABLE IF NOT EXISTS google_delegation (
    domain    TEXT NOT NULL REFERENCES google_organization(domain) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scopes    TEXT NOT NULL,
    PRIMARY KEY (domain, client_id)
) WITHOUT ROWID;

-- Dead and used device codes stay, as used authorization codes do.
CREATE TABLE IF NOT EXISTS google_device (
    device_code TEXT PRIMARY KEY,
    user_code   TEXT NOT NULL UNIQUE,
    client_id   TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'pending',   -- then 'approved' or 'denied', and 'consumed' after 'approved'
    account     TEXT,
    issued_at   REAL NOT NULL,
    last_poll   REAL
) WITHOUT ROWID;

-- Switches over the whole Google side, by name.
CREATE TABLE IF NOT EXISTS google_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Keys of a project; apis are the service names one is restricted to, '' for none.
CREATE TABLE IF NOT EXISTS google_api_key (
    value   TEXT PRIMARY KEY,
    project TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    apis    TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Limits of a project on its APIs as JSON; a project without a row has none.
CREATE TABLE IF NOT EXISTS google_quota (
    project TEXT PRIMARY KEY REFERENCES google_project(id) ON DELETE CASCADE,
    limits  TEXT NOT NULL
) WITHOUT ROWID;

-- What was spent in a window that began then; account '' is the project as a whole.
CREATE TABLE IF NOT EXISTS google_spending (
    project TEXT NOT NULL,
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    began   REAL NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (project, account, name)
) WITHOUT ROWID;

-- What the administrators of an organization switched off ("gmail_apps", "automatic_forwarding", "mail_delegation").
CREATE TABLE IF NOT EXISTS google_disabled_feature (
    domain  TEXT NOT NULL REFERENCES google_organization(domain) ON DELETE CASCADE,
    feature TEXT NOT NULL,
    PRIMARY KEY (domain, feature)
) WITHOUT ROWID;

-- Cloud Pub/Sub. Names are whole resource names; policy is the IAM policy as JSON.
CREATE TABLE IF NOT EXISTS google_topic (
    name   TEXT PRIMARY KEY,
    policy TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_subscription (
    name          TEXT PRIMARY KEY,
    topic         TEXT NOT NULL,
    push_endpoint TEXT NOT NULL DEFAULT '',
    ack_seconds   INTEGER NOT NULL DEFAULT 10
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS google_subscription_of ON google_subscription (topic);

-- One row for each message and subscription, until it is acknowledged. due is when it may (again) be handed out.
CREATE TABLE IF NOT EXISTS google_delivery (
    number       INTEGER PRIMARY KEY,
    subscription TEXT NOT NULL REFERENCES google_subscription(name) ON DELETE CASCADE,
    message_id   TEXT NOT NULL,
    data         BLOB NOT NULL,
    attributes   TEXT NOT NULL,
    published    REAL NOT NULL,
    due          REAL NOT NULL,
    ack_id       TEXT NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS google_delivery_of ON google_delivery (subscription, due);
