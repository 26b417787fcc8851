//! The ladder on a real ledger: what is planned, what is told, what must wait.

mod away;
mod commands;
mod life;
mod planning;
mod quota;
mod shipped;
mod standing;
mod storm;
mod story;
