//! Handing messages to a relay: each stage, its one wanted answer, its deadline, and what a doubt costs.

mod again;
mod outbox;
mod smtp;
mod steering;
