//! Builds the real store, mailer, clock and law (calendar, rules, ladders) from checked settings.
//!
//! Must not know: commands, SQL, SMTP.
