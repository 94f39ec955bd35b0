-- Resumable uploads that are under way or lately finished. caller and headers are JSON; times are virtual seconds.
CREATE TABLE IF NOT EXISTS google_upload (
    id              TEXT PRIMARY KEY,
    operation       TEXT NOT NULL,
    path_parameters TEXT NOT NULL,
    host            TEXT NOT NULL,
    query           TEXT NOT NULL,
    caller          TEXT NOT NULL,
    metadata        BLOB NOT NULL,
    media_type      TEXT NOT NULL,
    declared        INTEGER,              -- X-Upload-Content-Length
    received        INTEGER NOT NULL DEFAULT 0,
    begun           REAL NOT NULL,
    status          INTEGER,              -- of the final reply, once there is one
    headers         TEXT,
    reply           BLOB
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS google_upload_chunk (
    upload  TEXT NOT NULL REFERENCES google_upload(id) ON DELETE CASCADE,
    start   INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (upload, start)
);
