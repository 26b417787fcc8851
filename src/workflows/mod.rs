//! One file per thing the program does: load, ask the domain once, store.
//!
//! Must not know: SQL, SMTP, the terminal.
