//! Never by surprise: copies, clocks, full disks, and a service that nobody looks after.
//!
//! The numbers are those of the fault list (delivery reference, §6).

mod bounce;
mod clock;
mod disk;
mod findings;
mod heartbeat;
mod home;
mod identity;
mod last_pass;
mod ownership;
