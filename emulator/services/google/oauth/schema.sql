-- What the authorization server itself keeps. Times are virtual seconds since the epoch; scopes as in google/schema.sql.

-- A used code stays: it must answer as used, never as unknown.
CREATE TABLE IF NOT EXISTS google_code (
    code            TEXT PRIMARY KEY,
    client_id       TEXT NOT NULL,
    account         TEXT NOT NULL,
    redirect_uri    TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    challenge       TEXT NOT NULL,   -- PKCE; '' where the authorization request had none
    method          TEXT NOT NULL,   -- 'S256' or 'plain'
    nonce           TEXT NOT NULL,
    offline         INTEGER NOT NULL,
    consent_shown   INTEGER NOT NULL,
    new_scopes      INTEGER NOT NULL,
    include_granted INTEGER NOT NULL,
    lifetime        REAL,            -- seconds of a time-limited access the user chose
    issued_at       REAL NOT NULL,
    used            INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- A browser at accounts.google.com: its cookie holds the id. "position" is what redirects tell as authuser.
CREATE TABLE IF NOT EXISTS google_session (
    sid        TEXT PRIMARY KEY,
    started_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_session_account (
    sid      TEXT NOT NULL REFERENCES google_session(sid) ON DELETE CASCADE,
    account  TEXT NOT NULL REFERENCES google_account(email) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (sid, account)
) WITHOUT ROWID;

-- An authorization request between its arrival and the answer to the app.
CREATE TABLE IF NOT EXISTS google_authorization (
    part       TEXT PRIMARY KEY,
    sid        TEXT NOT NULL REFERENCES google_session(sid) ON DELETE CASCADE,
    request    TEXT NOT NULL,               -- JSON, as validated
    account    TEXT,                        -- who was chosen
    warned     INTEGER NOT NULL DEFAULT 0,  -- whether the unverified-app warning was passed
    started_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS google_authorization_started ON google_authorization (started_at);

-- Who has passed the consent screen of which client: the first time shows it even for scopes the project has.
CREATE TABLE IF NOT EXISTS google_client_consent (
    account   TEXT NOT NULL,
    client_id TEXT NOT NULL,
    PRIMARY KEY (account, client_id)
) WITHOUT ROWID;

-- A refresh token proves that the screen was passed, however it came to be (a seed, a test, a code).
CREATE TRIGGER IF NOT EXISTS google_client_consent_given AFTER INSERT ON google_refresh_token BEGIN
    INSERT OR IGNORE INTO google_client_consent VALUES (NEW.account, NEW.client_id);
END;

-- Revoking withdraws the grant of the project, and with it the consent to each of its clients.
CREATE TRIGGER IF NOT EXISTS google_client_consent_withdrawn AFTER DELETE ON google_grant BEGIN
    DELETE FROM google_client_consent WHERE account = OLD.account
        AND client_id IN (SELECT client_id FROM google_client WHERE project = OLD.project);
END;

-- Accounts that took one of an unverified project's places for users; places are never given back.
CREATE TABLE IF NOT EXISTS google_counted_user (
    project TEXT NOT NULL REFERENCES google_project(id) ON DELETE CASCADE,
    account TEXT NOT NULL,
    PRIMARY KEY (project, account)
) WITHOUT ROWID;

-- Made when first needed. The keys protect nothing: they follow from the world's entropy.
CREATE TABLE IF NOT EXISTS google_signing_key (
    number          INTEGER PRIMARY KEY,
    kid             TEXT NOT NULL,
    private_pem     TEXT NOT NULL,
    public_pem      TEXT NOT NULL,
    certificate_pem TEXT NOT NULL
);

-- A project's audience: its organization, or its testers while in Testing, or everybody.
CREATE VIEW IF NOT EXISTS google_admitted AS
    SELECT p.id AS project, a.email AS account FROM google_project p JOIN google_account a
    WHERE CASE
        WHEN p.user_type = 'internal' THEN a.organization <> '' AND a.organization = p.organization
        WHEN p.publishing_status = 'production' THEN 1
        ELSE EXISTS (SELECT 1 FROM google_tester t WHERE t.project = p.id AND t.email = a.email)
    END;
