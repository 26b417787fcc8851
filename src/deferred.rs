//! A value that is made when it is first asked for.
//!
//! Must not know: what is made.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

type Make<T> = Box<dyn FnOnce() -> T + Send>;

/// Stands in for a `T` that most commands never ask for. Clones share what was made.
#[derive(Debug)]
pub struct Deferred<T>(Arc<LazyLock<T, Make<T>>>);

impl<T> Deferred<T> {
    /// Makes the value with `make`, once, when it is first asked for.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Send + 'static> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self::new(move || value)
    }
}

impl<T> Deref for Deferred<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Deferred<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
