-- Push notifications, one watch for each mailbox and project. notified is the historyId last told, sent when (seconds).
CREATE TABLE IF NOT EXISTS gmail_watch (
    mailbox    INTEGER NOT NULL REFERENCES gmail_mailbox(id) ON DELETE CASCADE,
    project    TEXT NOT NULL,
    topic      TEXT NOT NULL,
    labels     TEXT NOT NULL,               -- space separated ids, "" for any
    exclude    INTEGER NOT NULL,            -- 1 where labels keep changes out
    expiration INTEGER NOT NULL,            -- epoch milliseconds
    notified   INTEGER NOT NULL DEFAULT -1, -- -1 until the first notification, which is sent at once
    sent       REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox, project)
) WITHOUT ROWID;
