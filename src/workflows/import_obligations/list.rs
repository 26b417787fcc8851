//! What is known of one list while its tables are read: its rows, its quotas, names that are still to be explained.
//!
//! Must not know: how a row is compared. Callers: this folder.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::fault::Place;
use super::reference::made_of_words;
use crate::domain::listed::ListedObligation;
use crate::domain::term::{Quota, Term};
use crate::domain::unit::UnitId;
use crate::storage::{StorageError, Store};

/// What is known of one list while its tables are read.
#[derive(Debug, Default)]
pub(super) struct ListState {
    /// The ledger has this list.
    pub(super) is_known: bool,
    /// The references of its rows, each with its first place.
    rows: HashMap<String, Place>,
    /// References that rows without 编号 had under their former words, by the one made of their present words.
    former_references: HashMap<String, String>,
    /// Rows that may be quotas of which others are part.
    pub(super) quotas: BTreeMap<String, Quota>,
    /// What each row with a 接续 starts, with the row's place; for what is in the ledger only, what that starts.
    pub(super) follows: BTreeMap<String, (Option<Place>, Vec<String>)>,
    /// Names that no earlier row and nothing in the ledger explains.
    pub(super) pending: Vec<Pending>,
    /// Rows without 编号 that the list does not have yet.
    pub(super) new_unnumbered: Vec<NewUnnumbered>,
}

/// A row without 编号 that its list does not have yet.
#[derive(Clone, Debug)]
pub(super) struct NewUnnumbered {
    pub(super) line: usize,
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) written: String,
    pub(super) due: Option<Date>,
    pub(super) units: Vec<UnitId>,
}

/// A name that can be judged only when every row was read.
#[derive(Debug)]
pub(super) enum Pending {
    /// 接续.
    Next { place: Place, name: String },
    /// 属于. `known` is the term of the whole in the ledger, where there is one.
    Whole { place: Place, part: String, term: Term, whole: String, known: Option<Term> },
}

impl ListState {
    pub(super) async fn load(store: &dyn Store, name: &str) -> Result<Self, StorageError> {
        let is_known = store.has_list(name).await?;
        let mut former_references = HashMap::new();
        if is_known {
            for duty in store.unnumbered_in_list(name).await? {
                let present = made_of_words(&duty.title, &duty.written, &duty.source);
                if present != duty.reference {
                    former_references.insert(present, duty.reference);
                }
            }
        }
        Ok(Self { is_known, former_references, ..Self::default() })
    }

    /// Forgets what was read, before the tables are read once more.
    pub(super) fn forget_rows(&mut self) {
        self.rows.clear();
        self.follows.clear();
        self.pending.clear();
        self.new_unnumbered.clear();
    }

    /// The reference of a row: its 编号, else the one it was given when it first came, else one made of its words.
    pub(super) fn reference(&self, row: &ListedObligation) -> String {
        if let Some(reference) = &row.reference {
            return reference.clone();
        }
        let made = made_of_words(&row.title, &row.written, &row.source);
        self.former_references.get(&made).cloned().unwrap_or(made)
    }

    /// Notes a row.
    ///
    /// # Errors
    ///
    /// The first row of this reference.
    pub(super) fn meet(&mut self, reference: &str, place: Place) -> Result<(), Place> {
        match self.rows.get(reference) {
            Some(first) if *first == place => Ok(()),
            Some(first) => Err(*first),
            None => {
                self.rows.insert(reference.to_owned(), place);
                Ok(())
            }
        }
    }

    /// The references that start each other in a ring, so that they would never end; each with its row.
    pub(super) fn rings(&self) -> Vec<(&str, Place)> {
        let mut left: BTreeSet<&str> = self.follows.keys().map(String::as_str).collect();
        loop {
            let before = left.len();
            let starts = |from: &str| self.follows.get(from).into_iter().flat_map(|(_, to)| to);
            let started: BTreeSet<&str> =
                left.iter().flat_map(|from| starts(from)).map(String::as_str).collect();
            left = left
                .iter()
                .copied()
                .filter(|it| {
                    started.contains(it) && starts(it).any(|to| left.contains(to.as_str()))
                })
                .collect();
            if left.len() == before {
                break;
            }
        }
        let place = |it: &str| self.follows.get(it).and_then(|(place, _)| *place);
        left.into_iter().filter_map(|it| Some((it, place(it)?))).collect()
    }

    pub(super) fn has_row(&self, reference: &str) -> bool {
        self.rows.contains_key(reference)
    }

    /// From now on a row with these words keeps the reference it had before.
    pub(super) fn keep_reference(&mut self, made: String, former: String) {
        self.former_references.insert(made, former);
    }
}
