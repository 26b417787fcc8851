//! The one integration binary. Each file tells one story; `support` holds what they share.

mod calendar;
mod config;
mod deadline;
