//! The ledger as the program asks for it: traits in domain words.
//!
//! Must not know: SQL (that is `sqlite`), mail, the command line.
