//! What the ledger holds about a person.
//!
//! Must not know: where it stands in the ledger, the command line.

use serde::Serialize;

use super::dates::second;
use crate::storage::personal::{PersonContact, PersonIncoming, PersonMail};
use crate::words::Lang;

#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    contacts: Vec<ContactView>,
    mails: Vec<MailView>,
    incoming: Vec<IncomingView>,
}

#[derive(Clone, Debug, Serialize)]
struct ContactView {
    uid: String,
    unit: String,
    name: String,
    address: String,
    retired_at: Option<String>,
    erase_after: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct MailView {
    id: i64,
    day: String,
    subject: String,
    state: String,
}

#[derive(Clone, Debug, Serialize)]
struct IncomingView {
    kind: String,
    detail: String,
    taken_at: String,
}

impl PersonView {
    pub fn of(
        contacts: &[PersonContact],
        mails: &[PersonMail],
        incoming: &[PersonIncoming],
    ) -> Self {
        let contact = |it: &PersonContact| ContactView {
            uid: it.uid.0.to_string(),
            unit: it.unit.clone(),
            name: it.name.clone(),
            address: it.address.clone(),
            retired_at: it.retired_at.map(second),
            erase_after: it.erase_after.map(second),
        };
        let mail = |it: &PersonMail| MailView {
            id: it.key.0,
            day: it.day.clone(),
            subject: it.subject.clone(),
            state: it.state.clone(),
        };
        let incoming_mail = |it: &PersonIncoming| IncomingView {
            kind: it.kind.clone(),
            detail: it.detail.clone(),
            taken_at: second(it.taken_at),
        };
        Self {
            contacts: contacts.iter().map(contact).collect(),
            mails: mails.iter().map(mail).collect(),
            incoming: incoming.iter().map(incoming_mail).collect(),
        }
    }

    /// The facts for a table; mails are counted.
    pub fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        for contact in &self.contacts {
            facts.push((lang.pick("单位", "Unit"), contact.unit.clone()));
            facts.push((lang.pick("姓名", "Name"), contact.name.clone()));
            facts.push((lang.pick("邮箱", "Address"), contact.address.clone()));
            if let Some(after) = &contact.erase_after {
                facts.push((lang.pick("可删除时间", "May be erased after"), after.clone()));
            }
        }
        facts.push((
            lang.pick("发给此人的邮件", "Mails to this person"),
            self.mails.len().to_string(),
        ));
        facts
            .push((lang.pick("有关的来信", "Mails that came in"), self.incoming.len().to_string()));
        facts
    }
}
