-- Settings as the resources of the API, one row each: kind "filter", "sendAs", "vacation", ...; name is its key in the
-- API, "" where a mailbox has but one. position is the order of the list.
CREATE TABLE IF NOT EXISTS gmail_setting (
    mailbox  INTEGER NOT NULL REFERENCES gmail_mailbox(id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    position INTEGER NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (mailbox, kind, name)
) WITHOUT ROWID;

-- Whom a vacation responder has answered, and when (seconds).
CREATE TABLE IF NOT EXISTS gmail_vacation_reply (
    mailbox INTEGER NOT NULL REFERENCES gmail_mailbox(id) ON DELETE CASCADE,
    sender  TEXT NOT NULL,
    at      REAL NOT NULL,
    PRIMARY KEY (mailbox, sender)
) WITHOUT ROWID;
