//! The ladder on a real ledger: what is planned, what is told, what must wait.

mod life;
mod planning;
mod standing;
mod story;
