//! The last fault of something that is tried again and again, so that a fault which lasts is logged once.
//!
//! Must not know: what is tried, how a fault is logged. Callers: `remind`; `daemon`.

use std::sync::{Mutex, PoisonError};

/// What the last try ended with; at first, a success.
#[derive(Debug, Default)]
pub struct LastFault(Mutex<Option<String>>);

impl LastFault {
    /// Remembers how a try ended; true for a fault that the try before did not end with.
    pub fn is_new<T, E: ToString>(&self, result: &Result<T, E>) -> bool {
        let fault = result.as_ref().err().map(ToString::to_string);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = fault.is_some() && *last != fault;
        *last = fault;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_new_when_it_differs_from_the_one_before_or_comes_back() {
        let last = LastFault::default();
        let tries = [Err("no disk"), Err("no disk"), Err("no right"), Ok(()), Err("no right")];
        let new: Vec<bool> = tries.iter().map(|result| last.is_new(result)).collect();
        assert_eq!(new, [true, false, true, false, true]);
    }
}
