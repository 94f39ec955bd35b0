-- The search index: one row per message, under the message's id. detail=full, because phrases and AROUND need
-- positions; the text itself is kept by the index, so that a row can be deleted by its id alone.
CREATE VIRTUAL TABLE IF NOT EXISTS gmail_message_text USING fts5 (
    subject, sender, recipients_to, recipients_cc, recipients_bcc, delivered_to, list, filename, body,
    tokenize = "unicode61 remove_diacritics 2"
);
