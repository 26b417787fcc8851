//! The ladder on a real ledger: what is planned, what is told, what must wait.

mod at_once;
mod away;
mod commands;
mod groups;
mod internal;
mod life;
mod months;
mod nested;
mod planning;
mod quota;
mod replaced;
mod rules;
mod shipped;
mod standing;
mod storm;
mod story;
