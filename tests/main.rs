//! The one integration binary. Each file tells one story; `support` holds what they share.

mod calendar;
mod cli;
mod config;
mod deadline;
mod support;
