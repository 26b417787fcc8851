//! The state machine of a message and its attempts: what an outcome means, when to try again, when to stop.
//!
//! Must not know: sockets, SMTP syntax, how mails are built.
