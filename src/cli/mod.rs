//! The command line: arguments in, one workflow, output.
//!
//! Must not know: SQL, SMTP, how dates are computed.
