//! What configuration files may contain, read and checked; every fault at once, with file and key.
//!
//! Must not know: what the settings are used for.
