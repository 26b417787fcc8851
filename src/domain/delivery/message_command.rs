//! What a person may do with a message in the outbox.
//!
//! Must not know: who the person is.

use crate::domain::delivery::MessageState;
use crate::domain::journal::Action;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageCommand {
    /// Do not send it until a person releases it.
    Hold,
    /// Send a held message.
    Release,
    /// Try a waiting message now, or a dead or expired one again.
    Retry,
    /// Never send it.
    Cancel,
}

impl MessageCommand {
    /// How the journal records it.
    pub fn action(self) -> Action {
        match self {
            Self::Hold => Action::Hold,
            Self::Release => Action::Release,
            Self::Retry => Action::Retry,
            Self::Cancel => Action::Cancel,
        }
    }

    /// The states in which it is possible.
    pub fn applies_to(self) -> &'static [MessageState] {
        use MessageState::{Dead, Deferred, Expired, Held, Ready, Unknown};
        match self {
            Self::Hold => &[Ready, Deferred, Unknown],
            Self::Release => &[Held],
            Self::Retry => &[Ready, Deferred, Unknown, Dead, Expired],
            Self::Cancel => &[Ready, Deferred, Unknown, Held],
        }
    }

    /// The state after the command; `None` when it is not possible in `state`.
    ///
    /// `may_have_arrived` is true when an earlier attempt ended with an unknown outcome: the message stays `unknown`.
    ///
    /// ```
    /// use duban::domain::delivery::{MessageState, MessageCommand};
    /// assert_eq!(MessageCommand::Release.from(MessageState::Held, false), Some(MessageState::Ready));
    /// assert_eq!(MessageCommand::Cancel.from(MessageState::Accepted, false), None);
    /// ```
    pub fn from(self, state: MessageState, may_have_arrived: bool) -> Option<MessageState> {
        let waiting = if may_have_arrived { MessageState::Unknown } else { MessageState::Ready };
        self.applies_to().contains(&state).then_some(match self {
            Self::Hold => MessageState::Held,
            Self::Release | Self::Retry => waiting,
            Self::Cancel => MessageState::Cancelled,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [MessageCommand; 4] = [
        MessageCommand::Hold,
        MessageCommand::Release,
        MessageCommand::Retry,
        MessageCommand::Cancel,
    ];

    #[test]
    fn accepted_leased_and_cancelled_messages_take_no_command() {
        for command in ALL {
            for state in [MessageState::Accepted, MessageState::Leased, MessageState::Cancelled] {
                assert_eq!(command.from(state, false), None, "{command:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_message_that_may_have_arrived_stays_unknown() {
        assert_eq!(
            MessageCommand::Release.from(MessageState::Held, true),
            Some(MessageState::Unknown)
        );
        assert_eq!(
            MessageCommand::Retry.from(MessageState::Dead, true),
            Some(MessageState::Unknown)
        );
    }
}
