//! The journal: what happened, in order, each line chained to the one before it by hash.
//!
//! Must not know: SQL, how a line is printed.

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use crate::domain::journal::Action;
use crate::domain::moment::Moment;
use crate::storage::StorageError;
use crate::words;
use crate::words::{Lang, Say};

/// The actor of what no person did.
pub const DAEMON: &str = "daemon";

/// What is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: Moment,
    /// A login name, or [`DAEMON`].
    pub actor: String,
    pub action: Action,
    /// As `kind id`.
    pub subject: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub reason: Option<String>,
}

/// A stored line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1, without gaps.
    pub seq: i64,
    /// Unix seconds, UTC.
    pub at: i64,
    pub actor: Field,
    /// The word of an [`Action`]; a line written by another version may hold one that this version does not know.
    pub verb: String,
    pub subject: String,
    pub before: Field,
    pub after: Field,
    pub reason: Field,
    /// Hash of the line before; [`FIRST_HASH`] for the first.
    pub previous_hash: String,
    pub hash: String,
}

/// A text of a line that may be erased without breaking the chain: the hash of the line covers its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The line never had this text.
    Absent,
    /// The digest covers the salt too, so that nobody can try out which text was erased.
    Kept {
        text: String,
        salt: [u8; 16],
    },
    Erased {
        digest: [u8; 32],
    },
}

/// Stands for the hash before the first line.
pub const FIRST_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The first place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// The text of a line is not what was hashed.
    Changed { seq: i64 },
    /// A line does not follow the one before it: one was removed, added or moved.
    Broken { seq: i64, expected: i64 },
    /// The mark beside the ledger knows a line that the journal does not have, or not like this; `last` is the newest here.
    NotTheKnownLine { known: i64, last: i64 },
}

impl Entry {
    /// What the daemon did to `subject` (`kind id`); the methods below say more.
    pub fn new(at: Moment, action: Action, subject: impl Into<String>) -> Self {
        Self {
            at,
            actor: DAEMON.to_owned(),
            action,
            subject: subject.into(),
            before: None,
            after: None,
            reason: None,
        }
    }

    /// Names who did it.
    #[must_use]
    pub fn by(self, actor: &str) -> Self {
        Self { actor: actor.to_owned(), ..self }
    }

    #[must_use]
    pub fn before(self, before: impl Into<String>) -> Self {
        self.before_if_any(Some(before.into()))
    }

    #[must_use]
    pub fn before_if_any(self, before: Option<String>) -> Self {
        Self { before, ..self }
    }

    #[must_use]
    pub fn after(self, after: impl Into<String>) -> Self {
        Self { after: Some(after.into()), ..self }
    }

    #[must_use]
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.reason_if_any(Some(reason.into()))
    }

    #[must_use]
    pub fn reason_if_any(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }
}

impl Say for ChainFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Changed { seq } => words!(
                lang,
                zh = "日志第{seq}条在写入后被改动",
                en = "journal line {seq} was changed after it was written",
            ),
            Self::Broken { seq, expected } => words!(
                lang,
                zh = "日志第{seq}条与第{previous}条不相接：有记录被删除、插入或移动",
                en = "journal line {seq} does not follow line {previous}: a line was removed, added or moved",
                previous = expected - 1,
            ),
            Self::NotTheKnownLine { known, last } if known > last => words!(
                lang,
                zh = "日志止于第{last}条，而台账旁的标记文件记有第{known}条：末尾的记录被删除，或台账被换成较早的版本",
                en = "the journal ends with line {last}, but the mark beside the ledger knows line {known}: the newest lines were removed, or an older ledger was put in place",
            ),
            Self::NotTheKnownLine { known, .. } => words!(
                lang,
                zh = "日志第{known}条与台账旁的标记文件所记不符：此后的记录被重新写过",
                en = "journal line {known} is not the one that the mark beside the ledger knows: the journal was written anew",
            ),
        }
    }
}

/// Reads the journal; writing happens inside the step that is being written down.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Returns up to `limit` lines after `seq`, in order.
    async fn journal_after(&self, seq: i64, limit: u32) -> Result<Vec<Line>, StorageError>;

    /// Returns number and hash of the newest line.
    async fn newest_line(&self) -> Result<Option<(i64, String)>, StorageError>;

    /// Returns the newest lines about `subject` (for example `obligation 12`), oldest first.
    async fn journal_of(&self, subject: &str) -> Result<Vec<Line>, StorageError>;
}

impl Field {
    /// Returns the text, unless there is none or it was erased.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Kept { text, .. } => Some(text),
            Self::Absent | Self::Erased { .. } => None,
        }
    }

    /// Returns what the hash of the line covers: SHA-256 over salt and text.
    pub fn digest(&self) -> Option<[u8; 32]> {
        match self {
            Self::Absent => None,
            Self::Kept { text, salt } => {
                Some(Sha256::new().chain_update(salt).chain_update(text).finalize().into())
            }
            Self::Erased { digest } => Some(*digest),
        }
    }

    fn is_erased(&self) -> bool {
        matches!(self, Self::Erased { .. })
    }
}

impl Line {
    /// The hash this line must carry: SHA-256 over every field, each with its length, so that no two different
    /// lines read the same.
    pub fn computed_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut feed = |bytes: &[u8]| {
            hash.update(bytes.len().to_string());
            hash.update(":");
            hash.update(bytes);
        };
        feed(self.previous_hash.as_bytes());
        feed(self.seq.to_string().as_bytes());
        feed(self.at.to_string().as_bytes());
        feed(self.verb.as_bytes());
        feed(self.subject.as_bytes());
        for field in self.fields() {
            feed(field.digest().as_ref().map_or(&[], |digest| digest.as_slice()));
        }
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }

    /// Returns how many texts of the line were erased.
    pub fn erased(&self) -> usize {
        self.fields().iter().filter(|field| field.is_erased()).count()
    }

    fn fields(&self) -> [&Field; 4] {
        [&self.actor, &self.before, &self.after, &self.reason]
    }
}

/// As much of a hash as a person compares.
pub fn short_hash(hash: &str) -> &str {
    hash.get(..16).unwrap_or(hash)
}

/// Checks lines that follow each other, the first after `(seq, hash)`; returns the last place, or the first fault.
///
/// # Errors
///
/// The first [`ChainFault`] met.
pub fn verify(after: (i64, String), lines: &[Line]) -> Result<(i64, String), ChainFault> {
    lines.iter().try_fold(after, |(seq, hash), line| {
        let expected = seq + 1;
        if line.seq != expected || line.previous_hash != hash {
            return Err(ChainFault::Broken { seq: line.seq, expected });
        }
        if line.computed_hash() != line.hash {
            return Err(ChainFault::Changed { seq: line.seq });
        }
        Ok((line.seq, line.hash.clone()))
    })
}
