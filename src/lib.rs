//! duban (督办)

pub mod domain;
