//! What several test files share.

pub(crate) mod daemon;
pub(crate) mod ids;
pub(crate) mod office;
pub(crate) mod office_files;
pub(crate) mod smtp_server;
pub(crate) mod two_languages;
