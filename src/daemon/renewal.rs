//! Notices imported while the service runs: they are in force from the next duty on.
//!
//! Must not know: what a pass does, how notices are merged.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::storage::StorageError;
use crate::wiring::{WiringFault, Workshop};
use crate::workflows::remind::Reminding;

/// Looks into the ledger for notices that the law in use does not know yet.
pub struct Renewal {
    workshop: Workshop,
    /// How many imports the law in use knows of.
    known: AtomicI64,
}

/// Why the law in force could not be taken in; passes go on with what they had.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] StorageError),
    /// What is in force does not fit together.
    #[error(transparent)]
    Wiring(#[from] WiringFault),
}

impl Renewal {
    /// Builds what a pass works with, and remembers which imports it knows of.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn begin(workshop: Workshop) -> Result<(Arc<Reminding>, Self), RenewalError> {
        let known = AtomicI64::new(workshop.newest_notice_id().await?);
        let imported = workshop.imported().await?;
        let reminding = Arc::new(workshop.reminding(&imported)?);
        Ok((reminding, Self { workshop, known }))
    }

    /// Returns what a pass works with from now on; `None` when nothing was imported since.
    ///
    /// # Errors
    ///
    /// [`RenewalError`].
    pub async fn renewed(&self) -> Result<Option<Arc<Reminding>>, RenewalError> {
        let imports = self.workshop.newest_notice_id().await?;
        if imports == self.known.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let imported = self.workshop.imported().await?;
        let reminding = self.workshop.reminding(&imported)?;
        self.known.store(imports, Ordering::Relaxed);
        Ok(Some(Arc::new(reminding)))
    }
}
