//! The service: a worker woken by a schedule, its start and its end.
//!
//! Must not know: what a pass does (`workflows`), SQL, SMTP.
