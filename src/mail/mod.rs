//! Mails out: composing (pure) and handing bytes to a relay or a Maildir.
//!
//! Must not know: the ledger, ladders, when a mail is due.
