//! duban (督办)

pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod domain;
pub mod intake;
pub mod logging;
pub mod mail;
pub mod storage;
pub mod wiring;
pub mod workflows;
