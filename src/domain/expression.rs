//! Reads what Chinese documents write about time into terms; also the short form of the command line.
//!
//! Must not know: files, tables, units; on which day a term ends.
