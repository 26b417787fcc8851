//! What several test files share.

pub(crate) mod daemon;
pub(crate) mod office;
pub(crate) mod smtp_server;
