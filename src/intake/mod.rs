//! Tables and documents in: encodings, rows, row-level faults.
//!
//! Must not know: the ledger, mail.
