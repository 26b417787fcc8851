//! Delivery into a Maildir: the same bytes a relay would get, one file a message.
//!
//! Must not know: which program reads it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::delivery::{Fault, Outcome, Reply, Stage};
use crate::mail::{DotRecorder, Mailer, OutgoingMessage};

/// Writes messages into one Maildir.
///
/// The file name is derived from the Message-ID, so that a message delivered twice is there once.
#[derive(Clone, Debug)]
pub struct MaildirMailer {
    root: PathBuf,
}

impl MaildirMailer {
    /// The folder `root` is created by the first delivery.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

#[async_trait]
impl Mailer for MaildirMailer {
    async fn deliver(&self, message: &OutgoingMessage<'_>, recorder: &dyn DotRecorder) -> Outcome {
        let name = file_name(message.message_id);
        let (root, raw) = (self.root.clone(), message.bytes.to_vec());
        let written = {
            let name = name.clone();
            blocking(move || write_to_tmp(&root, &name, &raw)).await
        };
        if let Err(error) = written {
            return Outcome::Failed { stage: Stage::Data, fault: Fault::broken(&error) };
        }
        if recorder.record_imminent_dot().await.is_err() {
            return Outcome::Withheld;
        }
        let root = self.root.clone();
        match blocking(move || move_to_new(&root, &name)).await {
            Ok(()) => Outcome::Accepted { reply: Reply { code: 250, text: "maildir".to_owned() } },
            Err(error) => Outcome::Unknown { fault: Fault::broken(&error) },
        }
    }
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|end| Err(io::Error::other(end)))
}

/// The Message-ID itself may hold characters that a file name cannot. A desktop opens `.eml` with its mail program.
fn file_name(message_id: &str) -> String {
    format!("{}.eml", HEXLOWER.encode(&Sha256::digest(message_id)))
}

fn write_to_tmp(root: &Path, name: &str, raw: &[u8]) -> io::Result<()> {
    for folder in ["tmp", "new", "cur"] {
        DirBuilder::new().recursive(true).mode(0o700).create(root.join(folder))?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(root.join("tmp").join(name))?;
    file.write_all(raw)?;
    file.sync_all()
}

fn move_to_new(root: &Path, name: &str) -> io::Result<()> {
    let waiting = root.join("tmp").join(name);
    if was_read(root, name)? {
        return fs::remove_file(waiting);
    }
    fs::rename(waiting, root.join("new").join(name))?;
    File::open(root.join("new"))?.sync_all()
}

/// Readers move a message to `cur/` and add flags to its name.
fn was_read(root: &Path, name: &str) -> io::Result<bool> {
    for entry in fs::read_dir(root.join("cur"))? {
        if entry?.file_name().to_string_lossy().starts_with(name) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::mail::DotNotRecorded;
    use std::os::unix::fs::PermissionsExt;

    struct Mark(Result<(), DotNotRecorded>);

    #[async_trait]
    impl DotRecorder for Mark {
        async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
            self.0
        }
    }

    async fn deliver(root: &Path, message_id: &str, mark: Mark) -> Outcome {
        let address = Address::parse("a@b.example").unwrap();
        let message = OutgoingMessage {
            message_id,
            sender: &address,
            recipient: &address,
            bytes: b"Subject: x\r\n\r\n.dot\r\n",
        };
        MaildirMailer::at(root).deliver(&message, &mark).await
    }

    fn files(root: &Path, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[tokio::test]
    async fn a_message_delivered_twice_lies_there_once_with_the_same_bytes() {
        let root = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let outcome = deliver(root.path(), "<1@b.example>", Mark(Ok(()))).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }));
        }
        deliver(root.path(), "<2@b.example>", Mark(Ok(()))).await;
        let new = files(root.path(), "new");
        assert_eq!(new.len(), 2);
        assert_eq!(fs::read(&new[0]).unwrap(), b"Subject: x\r\n\r\n.dot\r\n");
        assert_eq!(fs::metadata(&new[0]).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(files(root.path(), "tmp").is_empty());
    }

    #[tokio::test]
    async fn a_message_already_read_does_not_come_back() {
        let root = tempfile::tempdir().unwrap();
        deliver(root.path(), "<1@b.example>", Mark(Ok(()))).await;
        let new = files(root.path(), "new").remove(0);
        let name = new.file_name().unwrap().to_string_lossy().into_owned();
        fs::rename(&new, root.path().join("cur").join(format!("{name}:2,S"))).unwrap();
        deliver(root.path(), "<1@b.example>", Mark(Ok(()))).await;
        assert!(files(root.path(), "new").is_empty());
    }

    #[tokio::test]
    async fn without_the_mark_nothing_is_delivered() {
        let root = tempfile::tempdir().unwrap();
        let outcome = deliver(root.path(), "<1@b.example>", Mark(Err(DotNotRecorded))).await;
        assert_eq!(outcome, Outcome::Withheld);
        assert!(files(root.path(), "new").is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_fails_before_the_dot() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let outcome = deliver(file.path(), "<1@b.example>", Mark(Ok(()))).await;
        assert!(matches!(outcome, Outcome::Failed { stage: Stage::Data, .. }));
    }
}
