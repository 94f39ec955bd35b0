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
