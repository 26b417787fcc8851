//! The one integration binary. Each file tells one story; `support` holds what they share.
mod config;
