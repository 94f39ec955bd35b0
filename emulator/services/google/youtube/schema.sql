-- YouTube: channels and what is on them. Times are virtual seconds since the epoch, lists are JSON.

CREATE TABLE IF NOT EXISTS youtube_channel (
    number              INTEGER PRIMARY KEY,
    id                  TEXT NOT NULL UNIQUE,
    account             TEXT NOT NULL DEFAULT '',   -- the Google account it belongs to; '' for somebody elsewhere
    title               TEXT NOT NULL,
    description         TEXT NOT NULL DEFAULT '',
    handle              TEXT NOT NULL DEFAULT '',   -- '@name', lower case
    username            TEXT NOT NULL DEFAULT '',   -- the legacy name of forUsername
    published           REAL NOT NULL,
    country             TEXT NOT NULL DEFAULT '',
    subscribers         INTEGER NOT NULL DEFAULT 0, -- besides those in youtube_subscription
    hides_subscribers   INTEGER NOT NULL DEFAULT 0,
    views               INTEGER,                    -- NULL adds up the videos here
    video_count         INTEGER,                    -- NULL counts the public videos here
    shows_subscriptions INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX IF NOT EXISTS youtube_channel_handle ON youtube_channel (handle) WHERE handle <> '';
CREATE UNIQUE INDEX IF NOT EXISTS youtube_channel_account ON youtube_channel (account) WHERE account <> '';

CREATE TABLE IF NOT EXISTS youtube_video (
    number           INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    channel          TEXT NOT NULL REFERENCES youtube_channel(id) ON DELETE CASCADE,
    title            TEXT NOT NULL,
    description      TEXT NOT NULL DEFAULT '',
    published        REAL NOT NULL,
    tags             TEXT NOT NULL DEFAULT '[]',
    category         TEXT NOT NULL DEFAULT '22',
    seconds          INTEGER NOT NULL DEFAULT 0,
    definition       TEXT NOT NULL DEFAULT 'hd',
    captions         INTEGER NOT NULL DEFAULT 0,
    license          TEXT NOT NULL DEFAULT 'youtube',
    embeddable       INTEGER NOT NULL DEFAULT 1,
    age_restricted   INTEGER NOT NULL DEFAULT 0,
    live             TEXT NOT NULL DEFAULT 'none',  -- 'live', 'upcoming', 'completed' for a broadcast
    privacy          TEXT NOT NULL DEFAULT 'public',
    comments_enabled INTEGER NOT NULL DEFAULT 1,
    views            INTEGER NOT NULL DEFAULT 0,
    likes            INTEGER NOT NULL DEFAULT 0,    -- besides those in youtube_rating
    comment_count    INTEGER,                       -- NULL counts the comments here
    language         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS youtube_video_channel ON youtube_video (channel, published);

CREATE TABLE IF NOT EXISTS youtube_playlist (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    channel     TEXT NOT NULL REFERENCES youtube_channel(id) ON DELETE CASCADE,
    title       TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    published   REAL NOT NULL,
    privacy     TEXT NOT NULL DEFAULT 'public',
    language    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS youtube_playlist_channel ON youtube_playlist (channel, number);

CREATE TABLE IF NOT EXISTS youtube_playlist_item (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    playlist TEXT NOT NULL REFERENCES youtube_playlist(id) ON DELETE CASCADE,
    video    TEXT NOT NULL REFERENCES youtube_video(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    added    REAL NOT NULL,
    note     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS youtube_playlist_item_of ON youtube_playlist_item (playlist, position);

CREATE TABLE IF NOT EXISTS youtube_subscription (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    subscriber TEXT NOT NULL REFERENCES youtube_channel(id) ON DELETE CASCADE,
    channel    TEXT NOT NULL REFERENCES youtube_channel(id) ON DELETE CASCADE,
    created    REAL NOT NULL,
    UNIQUE (subscriber, channel)
);
CREATE INDEX IF NOT EXISTS youtube_subscription_to ON youtube_subscription (channel);

-- A comment with parent '' begins a thread, the others reply to it. Authors need no channel of this world.
CREATE TABLE IF NOT EXISTS youtube_comment (
    number         INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    parent         TEXT NOT NULL DEFAULT '',
    video          TEXT NOT NULL REFERENCES youtube_video(id) ON DELETE CASCADE,
    author         TEXT NOT NULL,
    author_channel TEXT NOT NULL,
    text           TEXT NOT NULL,
    likes          INTEGER NOT NULL DEFAULT 0,
    published      REAL NOT NULL,
    moderation     TEXT NOT NULL DEFAULT 'published'
);
CREATE INDEX IF NOT EXISTS youtube_comment_video ON youtube_comment (video, parent, published);
CREATE INDEX IF NOT EXISTS youtube_comment_parent ON youtube_comment (parent);

CREATE TABLE IF NOT EXISTS youtube_rating (
    account TEXT NOT NULL,
    video   TEXT NOT NULL REFERENCES youtube_video(id) ON DELETE CASCADE,
    rating  TEXT NOT NULL,   -- 'like' or 'dislike'
    rated   REAL NOT NULL,
    PRIMARY KEY (account, video)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS youtube_rating_video ON youtube_rating (video);

-- Limits of a project as JSON; without a row they are those every project has.
CREATE TABLE IF NOT EXISTS youtube_limits (
    project TEXT PRIMARY KEY,
    limits  TEXT NOT NULL
) WITHOUT ROWID;

-- What a project spent since day, a midnight in California.
CREATE TABLE IF NOT EXISTS youtube_spending (
    project TEXT NOT NULL,
    bucket  TEXT NOT NULL,
    day     INTEGER NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (project, bucket)
) WITHOUT ROWID;

-- What can be searched. A row's number is four times that of what it describes, plus its kind.
CREATE VIRTUAL TABLE IF NOT EXISTS youtube_text USING fts5(
    title, body, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER IF NOT EXISTS youtube_channel_added AFTER INSERT ON youtube_channel BEGIN
    INSERT INTO youtube_text (rowid, title, body)
    VALUES (new.number * 4, new.title, new.description || ' ' || new.handle);
END;
CREATE TRIGGER IF NOT EXISTS youtube_channel_changed AFTER UPDATE OF title, description, handle ON youtube_channel BEGIN
    UPDATE youtube_text SET title = new.title, body = new.description || ' ' || new.handle
    WHERE rowid = new.number * 4;
END;
CREATE TRIGGER IF NOT EXISTS youtube_channel_gone AFTER DELETE ON youtube_channel BEGIN
    DELETE FROM youtube_text WHERE rowid = old.number * 4;
END;
CREATE TRIGGER IF NOT EXISTS youtube_video_added AFTER INSERT ON youtube_video BEGIN
    INSERT INTO youtube_text (rowid, title, body) VALUES (
        new.number * 4 + 1, new.title, new.description || ' ' || new.tags || ' '
        || (SELECT title FROM youtube_channel WHERE id = new.channel));
END;
CREATE TRIGGER IF NOT EXISTS youtube_video_changed AFTER UPDATE OF title, description, tags ON youtube_video BEGIN
    UPDATE youtube_text SET title = new.title, body = new.description || ' ' || new.tags || ' '
        || (SELECT title FROM youtube_channel WHERE id = new.channel)
    WHERE rowid = new.number * 4 + 1;
END;
CREATE TRIGGER IF NOT EXISTS youtube_video_gone AFTER DELETE ON youtube_video BEGIN
    DELETE FROM youtube_text WHERE rowid = old.number * 4 + 1;
END;
CREATE TRIGGER IF NOT EXISTS youtube_playlist_added AFTER INSERT ON youtube_playlist BEGIN
    INSERT INTO youtube_text (rowid, title, body) VALUES (new.number * 4 + 2, new.title, new.description);
END;
CREATE TRIGGER IF NOT EXISTS youtube_playlist_changed AFTER UPDATE OF title, description ON youtube_playlist BEGIN
    UPDATE youtube_text SET title = new.title, body = new.description WHERE rowid = new.number * 4 + 2;
END;
CREATE TRIGGER IF NOT EXISTS youtube_playlist_gone AFTER DELETE ON youtube_playlist BEGIN
    DELETE FROM youtube_text WHERE rowid = old.number * 4 + 2;
END;
