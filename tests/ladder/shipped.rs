//! The shipped ladders beside the shipped rules.

use duban::config::{ladders, rules};
use duban::domain::ladder::{Ladders, default_ladder};
use duban::domain::term::Term;

#[test]
fn every_shipped_rule_climbs_a_ladder_that_fits_its_term() {
    let ladders = Ladders::new(ladders::shipped().unwrap());
    let rules = rules::shipped().unwrap();
    let mut checked = 0;
    let mut outside = Vec::new();
    for rule in rules.iter() {
        // what began under an earlier version is over, or has been reminded of
        if let Some(version) = rule.newest() {
            let named = rule.ladder.as_deref().or_else(|| default_ladder(&version.term));
            let Some(name) = named else { continue };
            let ladder = ladders.find(name).unwrap_or_else(|| panic!("{}: {name}", rule.name));
            if let Term::Within(period) | Term::AtLeast(period) = version.term {
                outside.extend(
                    ladder.fits(period).err().map(|fault| format!("{}: {fault}", rule.name)),
                );
                checked += 1;
            }
            if matches!(version.term, Term::AtLeast(_)) {
                assert!(ladder.never_speaks_of_lateness(), "{}", rule.name);
            }
        }
    }
    assert_eq!(outside, Vec::<String>::new());
    assert!(checked > 30, "{checked}");
}
