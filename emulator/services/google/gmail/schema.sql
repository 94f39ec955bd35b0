-- Mailboxes. A message id is the millisecond it was indexed under, shifted left by 20, plus 20 bits that only tell
-- messages of one millisecond apart: the primary key is the list order. Times are epoch milliseconds.

CREATE TABLE IF NOT EXISTS gmail_mailbox (
    id         INTEGER PRIMARY KEY,
    account    TEXT NOT NULL UNIQUE,
    secret     BLOB NOT NULL,               -- keys the attachment tokens
    history    INTEGER NOT NULL,            -- the present historyId
    next_label INTEGER NOT NULL DEFAULT 1,  -- user label ids are never used twice
    bare       INTEGER NOT NULL DEFAULT 0,  -- whether sends leave history records that say nothing
    messages   INTEGER NOT NULL DEFAULT 0,
    threads    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS gmail_label (
    mailbox       INTEGER NOT NULL REFERENCES gmail_mailbox(id) ON DELETE CASCADE,
    id            TEXT NOT NULL,            -- "INBOX", "Label_7"
    position      INTEGER NOT NULL,         -- order of labels.list
    name          TEXT NOT NULL,
    folded        TEXT NOT NULL,            -- what names are compared by
    type          TEXT NOT NULL,
    in_messages   TEXT NOT NULL,            -- messageListVisibility, "" where the wire leaves it out
    in_labels     TEXT NOT NULL,            -- labelListVisibility, likewise
    background    TEXT NOT NULL DEFAULT '',
    text_color    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (mailbox, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS gmail_label_name ON gmail_label (mailbox, folded);

CREATE TABLE IF NOT EXISTS gmail_thread (
    id      INTEGER PRIMARY KEY,            -- of the message that created it
    mailbox INTEGER NOT NULL,
    subject TEXT NOT NULL,                  -- folded, without Re: and Fwd:
    history INTEGER NOT NULL                -- of the last record touching it
);
CREATE INDEX IF NOT EXISTS gmail_thread_subject ON gmail_thread (mailbox, subject);

-- Every Message-ID a thread has seen, its own and those it refers to, so that mail joins in whatever order it comes.
CREATE TABLE IF NOT EXISTS gmail_reference (
    mailbox    INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    thread     INTEGER NOT NULL,
    PRIMARY KEY (mailbox, message_id, thread)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS gmail_message (
    id                INTEGER PRIMARY KEY,
    mailbox           INTEGER NOT NULL,
    thread            INTEGER NOT NULL,
    history           INTEGER NOT NULL,     -- of the last record touching it
    internal_date     INTEGER NOT NULL,
    size              INTEGER NOT NULL,
    hidden            INTEGER NOT NULL,     -- 1 in Spam or Trash
    attachment        INTEGER NOT NULL,
    message_id_header TEXT NOT NULL,
    snippet           TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS gmail_message_newest ON gmail_message (mailbox, hidden, id, thread, size);
CREATE INDEX IF NOT EXISTS gmail_message_thread ON gmail_message (thread, id);
CREATE INDEX IF NOT EXISTS gmail_message_attachment ON gmail_message (mailbox, hidden, id) WHERE attachment = 1;
CREATE INDEX IF NOT EXISTS gmail_message_header ON gmail_message (mailbox, message_id_header);

CREATE TABLE IF NOT EXISTS gmail_message_mime (
    id  INTEGER PRIMARY KEY,
    raw BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS gmail_message_label (
    mailbox INTEGER NOT NULL,
    label   TEXT NOT NULL,
    hidden  INTEGER NOT NULL,               -- as the message's own
    message INTEGER NOT NULL,
    PRIMARY KEY (mailbox, label, hidden, message)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gmail_message_label_of ON gmail_message_label (message, label);

-- What labels.get answered at a state of the mailbox.
CREATE TABLE IF NOT EXISTS gmail_label_counters (
    mailbox        INTEGER NOT NULL,
    label          TEXT NOT NULL,
    history        INTEGER NOT NULL,
    messages       INTEGER NOT NULL,
    unread         INTEGER NOT NULL,
    threads        INTEGER NOT NULL,
    unread_threads INTEGER NOT NULL,
    PRIMARY KEY (mailbox, label)
) WITHOUT ROWID;

-- One row for each message a history record names. labels are those right after the change, changed the change.
CREATE TABLE IF NOT EXISTS gmail_history (
    mailbox INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    message INTEGER NOT NULL,
    thread  INTEGER NOT NULL,
    action  TEXT NOT NULL,                  -- messageAdded, messageDeleted, labelAdded, labelRemoved; '' says nothing
    changed TEXT NOT NULL DEFAULT '',
    labels  TEXT NOT NULL,
    PRIMARY KEY (mailbox, id, message)
) WITHOUT ROWID;

-- Where the history stood before the first change of a day (days since 1970), so that old ids can be told from known ones.
CREATE TABLE IF NOT EXISTS gmail_history_day (
    mailbox INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    history INTEGER NOT NULL,
    PRIMARY KEY (mailbox, day)
) WITHOUT ROWID;

-- A draft keeps its id while its message is replaced by every update. On the wire: "r" and the signed number.
CREATE TABLE IF NOT EXISTS gmail_draft (
    id      INTEGER PRIMARY KEY,
    mailbox INTEGER NOT NULL,
    message INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS gmail_draft_message ON gmail_draft (message);
