-- The Apify platform. Times are virtual seconds since the epoch; objects without columns of their own are JSON text.

CREATE TABLE IF NOT EXISTS apify_setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS apify_user (
    id                TEXT PRIMARY KEY,
    username          TEXT NOT NULL UNIQUE COLLATE NOCASE,
    email             TEXT NOT NULL,
    token             TEXT NOT NULL UNIQUE,
    proxy_password    TEXT NOT NULL,
    plan              TEXT NOT NULL,       -- 'FREE', 'STARTER', 'SCALE', 'BUSINESS'
    paying            INTEGER NOT NULL,
    general_access    TEXT NOT NULL,       -- what FOLLOW_USER_SETTING means for the user's resources
    memory_limit      INTEGER NOT NULL,    -- megabytes of all runs together
    usage_usd         REAL NOT NULL,       -- spent this month
    usage_limit_usd   REAL NOT NULL,       -- the monthly cap
    created_at        REAL NOT NULL
) WITHOUT ROWID;

-- Tokens that stand for one run with limited permissions. A user's own token is in apify_user.
CREATE TABLE IF NOT EXISTS apify_run_token (
    token TEXT PRIMARY KEY,
    run   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS apify_storage (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,         -- 'dataset', 'key-value-store', 'request-queue'
    owner           TEXT NOT NULL,
    name            TEXT COLLATE NOCASE,
    title           TEXT,
    run             TEXT,                  -- the run that created it
    actor           TEXT,
    general_access  TEXT NOT NULL,
    signing_key     TEXT NOT NULL,
    fields_schema   TEXT,                  -- JSON Schema of a dataset's items
    views           TEXT,                  -- a dataset's views, by name
    created_at      REAL NOT NULL,
    modified_at     REAL NOT NULL,
    accessed_at     REAL NOT NULL,
    reads           INTEGER NOT NULL DEFAULT 0,
    writes          INTEGER NOT NULL DEFAULT 0,
    deletes         INTEGER NOT NULL DEFAULT 0,
    lists           INTEGER NOT NULL DEFAULT 0,
    items           INTEGER NOT NULL DEFAULT 0,  -- dataset: how many items; queue: how many requests
    bytes           INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS apify_storage_name ON apify_storage (owner, kind, name) WHERE name IS NOT NULL;

CREATE TABLE IF NOT EXISTS apify_record (
    store        TEXT NOT NULL,
    key          TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL,
    PRIMARY KEY (store, key)
);

CREATE TABLE IF NOT EXISTS apify_item (
    dataset  TEXT NOT NULL,
    position INTEGER NOT NULL,
    item     TEXT NOT NULL,
    PRIMARY KEY (dataset, position)
) WITHOUT ROWID;

-- "place" orders the queue: new requests go behind the greatest, forefront ones before the least.
CREATE TABLE IF NOT EXISTS apify_request (
    queue       TEXT NOT NULL,
    id          TEXT NOT NULL,
    unique_key  TEXT NOT NULL,
    place       INTEGER NOT NULL,
    request     TEXT NOT NULL,
    handled     INTEGER NOT NULL,
    lock_until  REAL NOT NULL DEFAULT 0,
    lock_holder TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS apify_request_head ON apify_request (queue, handled, place);
CREATE INDEX IF NOT EXISTS apify_request_place ON apify_request (queue, place);

CREATE TABLE IF NOT EXISTS apify_queue_client (
    queue  TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (queue, client)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS apify_actor (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    name         TEXT NOT NULL COLLATE NOCASE,
    title        TEXT NOT NULL,
    description  TEXT NOT NULL,
    public       INTEGER NOT NULL,
    pricing      TEXT,                     -- the pricingInfo object, NULL without
    input_schema TEXT,
    memory       INTEGER NOT NULL,
    timeout      INTEGER NOT NULL,
    build        TEXT NOT NULL,            -- the build tag runs use by default
    permission   TEXT NOT NULL,
    created_at   REAL NOT NULL,
    modified_at  REAL NOT NULL,
    UNIQUE (owner, name)
);

CREATE TABLE IF NOT EXISTS apify_build (
    id          TEXT PRIMARY KEY,
    actor       TEXT NOT NULL,
    owner       TEXT NOT NULL,
    number      TEXT NOT NULL,
    tag         TEXT NOT NULL,
    status      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    started_at  REAL NOT NULL,
    finished_at REAL
);

CREATE TABLE IF NOT EXISTS apify_task (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,
    actor       TEXT NOT NULL,
    name        TEXT NOT NULL COLLATE NOCASE,
    title       TEXT,
    input       TEXT,
    options     TEXT NOT NULL,
    created_at  REAL NOT NULL,
    modified_at REAL NOT NULL,
    UNIQUE (owner, name)
);

CREATE TABLE IF NOT EXISTS apify_run (
    id               TEXT PRIMARY KEY,
    owner            TEXT NOT NULL,
    actor            TEXT NOT NULL,
    task             TEXT,
    build            TEXT NOT NULL,
    build_number     TEXT NOT NULL,
    build_tag        TEXT NOT NULL,
    status           TEXT NOT NULL,
    message          TEXT,
    message_terminal INTEGER,
    started_at       REAL NOT NULL,
    finished_at      REAL,
    timeout_base     REAL NOT NULL,        -- when the timeout began to count: the start or the last resurrection
    ending_at        REAL,                 -- when a TIMING-OUT or ABORTING run is ended whatever it does
    exit_code        INTEGER,
    origin           TEXT NOT NULL,
    user_agent       TEXT NOT NULL,
    timeout          INTEGER NOT NULL,
    memory           INTEGER NOT NULL,
    max_items        INTEGER,
    max_charge_usd   REAL,
    general_access   TEXT NOT NULL,
    permission       TEXT NOT NULL,
    restart_on_error INTEGER NOT NULL,
    dataset          TEXT NOT NULL,
    store            TEXT NOT NULL,
    queue            TEXT NOT NULL,
    input_key        TEXT NOT NULL,
    input_bytes      INTEGER NOT NULL,
    container        TEXT NOT NULL,
    container_url    TEXT NOT NULL,
    token            TEXT NOT NULL,
    pricing          TEXT,
    charges          TEXT NOT NULL,        -- event name to count
    charging_stopped_at REAL,
    migrations       INTEGER NOT NULL DEFAULT 0,
    reboots          INTEGER NOT NULL DEFAULT 0,
    restarts         INTEGER NOT NULL DEFAULT 0,
    resurrections    INTEGER NOT NULL DEFAULT 0,
    metamorphs       TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS apify_run_owner ON apify_run (owner, started_at);
CREATE INDEX IF NOT EXISTS apify_run_unfinished ON apify_run (owner) WHERE finished_at IS NULL;
CREATE INDEX IF NOT EXISTS apify_run_dataset ON apify_run (dataset);

CREATE TABLE IF NOT EXISTS apify_status_message (
    run      TEXT NOT NULL,
    at       REAL NOT NULL,
    message  TEXT NOT NULL,
    terminal INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS apify_status_message_run ON apify_status_message (run);

CREATE TABLE IF NOT EXISTS apify_log (
    job  TEXT NOT NULL,                    -- a run or a build
    at   REAL NOT NULL,
    line TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS apify_log_job ON apify_log (job);

-- Idempotency keys of the charge endpoint; a key repeated within three minutes is answered and not counted.
CREATE TABLE IF NOT EXISTS apify_charge (
    run   TEXT NOT NULL,
    key   TEXT NOT NULL,
    at    REAL NOT NULL,
    event TEXT NOT NULL,
    count INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS apify_charge_key ON apify_charge (run, key);

CREATE TABLE IF NOT EXISTS apify_webhook (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,
    definition  TEXT NOT NULL,             -- the wire object less id, owner and dates
    idempotency TEXT,
    created_at  REAL NOT NULL,
    modified_at REAL NOT NULL,
    UNIQUE (owner, idempotency)
);

CREATE TABLE IF NOT EXISTS apify_dispatch (
    id         TEXT PRIMARY KEY,
    webhook    TEXT NOT NULL,
    owner      TEXT NOT NULL,
    event      TEXT NOT NULL,
    event_data TEXT NOT NULL,
    url        TEXT NOT NULL,
    headers    TEXT NOT NULL,
    payload    TEXT NOT NULL,
    status     TEXT NOT NULL,              -- 'ACTIVE', 'SUCCEEDED', 'FAILED'
    created_at REAL NOT NULL,
    due_at     REAL NOT NULL,              -- when the next attempt is made
    calls      TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS apify_dispatch_due ON apify_dispatch (status, due_at);

-- Calls of one second on one resource, while rate limits are on.
CREATE TABLE IF NOT EXISTS apify_rate (
    resource TEXT PRIMARY KEY,
    second   INTEGER NOT NULL,
    calls    INTEGER NOT NULL
) WITHOUT ROWID;

-- Platform events to be sent when the virtual clock gets there.
CREATE TABLE IF NOT EXISTS apify_event (
    run  TEXT NOT NULL,
    at   REAL NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL
);
