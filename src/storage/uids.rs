//! Draws uids, secrets and salts from the system's source of randomness.
//!
//! Must not know: what they name. Callers: the backends.

use std::path::PathBuf;

use crate::domain::ledger_identity::{LedgerIdentity, LedgerSecret};
use crate::domain::moment::Moment;
use crate::domain::uid::Uid;
use crate::storage::StorageError;

/// Returns `count` uids of one moment. Up to 4096 of them are in order (RFC 9562 §6.2, method 1), so that a set is inserted
/// at one place of an index.
pub fn uids(moment: Moment, count: usize) -> Result<Vec<Uid>, StorageError> {
    let mut random = vec![[0; 10]; count];
    fill(random.as_flattened_mut())?;
    let numbers = (0..=u16::MAX >> 4).cycle();
    let numbered = random.into_iter().zip(numbers).map(|(mut bytes, number)| {
        bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
        Uid::at(moment, bytes)
    });
    Ok(numbered.collect())
}

/// Returns the identity of a ledger that is being created.
pub fn ledger_identity() -> Result<LedgerIdentity, StorageError> {
    let (mut uid, mut secret) = ([0; 16], [0; 32]);
    fill(&mut uid)?;
    fill(&mut secret)?;
    Ok(LedgerIdentity { uid: Uid::random(uid), secret: LedgerSecret::from_bytes(secret) })
}

/// Returns the token of an instance: what the ledger and its mark both know.
pub fn draw_token() -> Result<String, StorageError> {
    let mut token = [0; 16];
    fill(&mut token)?;
    Ok(Uid::random(token).to_string())
}

/// One salt for each text of a journal line that may be erased.
pub type Salts = [[u8; 16]; 4];

/// Returns the salts of `count` lines of the journal.
pub fn salts(count: usize) -> Result<Vec<Salts>, StorageError> {
    let mut salts = vec![[[0; 16]; 4]; count];
    fill(salts.as_flattened_mut().as_flattened_mut())?;
    Ok(salts)
}

fn fill(bytes: &mut [u8]) -> Result<(), StorageError> {
    let path = || PathBuf::from("/dev/urandom");
    getrandom::fill(bytes)
        .map_err(|fault| StorageError::File { path: path(), source: fault.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_of_one_moment_are_different_and_in_order() {
        let drawn = uids(Moment::at("2022-12-28T01:00:00Z".parse().unwrap()), 4096).unwrap();
        assert!(drawn.is_sorted_by(|earlier, later| earlier < later));
    }
}
