//! When a message is tried again: the delay grows with its age.
//!
//! Must not know: why an attempt failed.

use jiff::SignedDuration;
use sha2::{Digest, Sha256};

/// How often a message is sent again after an unknown outcome, before a person has to decide.
pub const UNKNOWN_RETRIES: u32 = 2;

/// After a message has opened a breaker at its own recipient, this many probes use other messages first.
pub const PROBES_OF_OTHERS: i64 = 8;

/// Greylisting relays want at least this long (RFC 6647 §2.1 observes one to fifteen minutes).
const SHORTEST_DELAY: SignedDuration = SignedDuration::from_mins(5);
/// About once an hour in the long run.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(70);

/// How long to wait after the `attempt`-th attempt (from 1) on a message of this age.
///
/// The delay is the age itself, kept between 5 and 70 minutes; each delay therefore doubles the age. A hash of message and
/// attempt varies it by up to a fifth, so that messages deferred together do not come back together.
///
/// ```
/// use duban::domain::delivery::backoff;
/// use jiff::SignedDuration;
/// let delay = backoff(SignedDuration::from_mins(30), "<a@b.example>", 2);
/// assert!(delay >= SignedDuration::from_mins(24) && delay <= SignedDuration::from_mins(36));
/// ```
pub fn backoff(age: SignedDuration, message_id: &str, attempt: u32) -> SignedDuration {
    let base = age.clamp(SHORTEST_DELAY, LONGEST_DELAY);
    let spread = base.as_secs() / 5;
    let offset = i64::from(jitter(message_id, attempt)) * 2 * spread / i64::from(u16::MAX) - spread;
    (base + SignedDuration::from_secs(offset)).max(SHORTEST_DELAY)
}

/// Sixteen bits that depend on the message and the attempt only.
fn jitter(message_id: &str, attempt: u32) -> u16 {
    let digest =
        Sha256::new().chain_update(message_id).chain_update(attempt.to_be_bytes()).finalize();
    digest.iter().take(2).fold(0, |bits, byte| (bits << 8) | u16::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_follow_the_age_between_five_and_seventy_minutes() {
        for (age_minutes, low, high) in
            [(0, 5, 6), (5, 5, 6), (20, 16, 24), (70, 56, 84), (9_999, 56, 84)]
        {
            for attempt in 1..50 {
                let delay = backoff(SignedDuration::from_mins(age_minutes), "<x@y.z>", attempt);
                assert!(
                    delay >= SignedDuration::from_mins(low)
                        && delay <= SignedDuration::from_mins(high),
                    "age {age_minutes}, attempt {attempt}: {delay:?}"
                );
            }
        }
    }

    #[test]
    fn jitter_is_the_same_every_time_and_differs_between_messages() {
        let age = SignedDuration::from_hours(1);
        assert_eq!(backoff(age, "<a@y.z>", 1), backoff(age, "<a@y.z>", 1));
        assert_ne!(backoff(age, "<a@y.z>", 1), backoff(age, "<b@y.z>", 1));
    }
}
