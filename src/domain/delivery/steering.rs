//! What a person may do with a message in the outbox.
//!
//! Must not know: who the person is.

use crate::domain::delivery::MessageState;

/// A person's order about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Steering {
    /// Send it only when somebody says so.
    Hold,
    /// Send what was held.
    Release,
    /// Try now what waits, or again what was given up.
    Retry,
    /// Never send it.
    Cancel,
}

impl Steering {
    /// The word used on the command line and in the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Retry => "retry",
            Self::Cancel => "cancel",
        }
    }

    /// The states from which the order can be followed.
    pub fn applies_to(self) -> &'static [MessageState] {
        use MessageState::{Dead, Deferred, Expired, Held, Ready, Unknown};
        match self {
            Self::Hold => &[Ready, Deferred, Unknown],
            Self::Release => &[Held],
            Self::Retry => &[Ready, Deferred, Unknown, Dead, Expired],
            Self::Cancel => &[Ready, Deferred, Unknown, Held],
        }
    }

    /// The state that follows; `None` when the order makes no sense in `state`.
    ///
    /// `may_have_arrived` tells a message whose outcome was unknown from one that was never sent.
    ///
    /// ```
    /// use duban::domain::delivery::{MessageState, Steering};
    /// assert_eq!(Steering::Release.from(MessageState::Held, false), Some(MessageState::Ready));
    /// assert_eq!(Steering::Cancel.from(MessageState::Accepted, false), None);
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

    const ALL: [Steering; 4] =
        [Steering::Hold, Steering::Release, Steering::Retry, Steering::Cancel];

    #[test]
    fn what_the_relay_took_and_what_is_in_hand_cannot_be_steered() {
        for steering in ALL {
            for state in [MessageState::Accepted, MessageState::Leased, MessageState::Cancelled] {
                assert_eq!(steering.from(state, false), None, "{steering:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_message_that_may_have_arrived_stays_marked_as_such() {
        assert_eq!(Steering::Release.from(MessageState::Held, true), Some(MessageState::Unknown));
        assert_eq!(Steering::Retry.from(MessageState::Dead, true), Some(MessageState::Unknown));
    }
}
