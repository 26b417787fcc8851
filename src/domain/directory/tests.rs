//! The rules of directories.
//!
//! Must not know: files.

use jiff::civil::date;

use super::*;
use crate::domain::address::Address;
use crate::domain::uid::Uid;
use crate::domain::unit::{ContactUid, Rank, UnitUid};

fn listed(name: &str) -> ListedUnit {
    ListedUnit {
        name: name.into(),
        aliases: Vec::new(),
        parent: None,
        groups: Vec::new(),
        contact: None,
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn contact(name: &str, mail: &str, absence: Option<Absence>) -> ListedContact {
    let absences = absence.into_iter().collect();
    ListedContact { name: name.into(), address: address(mail), rank: Rank::Handler, absences }
}

fn uid(n: i64) -> Uid {
    Uid::random([u8::try_from(n).unwrap(); 16])
}

fn unit(id: i64, name: &str, members: &[i64]) -> Unit {
    Unit {
        id: UnitId(id),
        uid: UnitUid(uid(id)),
        name: name.into(),
        aliases: Vec::new(),
        parent: None,
        members: members.iter().copied().map(UnitId).collect(),
        former: Vec::new(),
        standing: Standing::InOffice,
    }
}

#[test]
fn a_group_gives_way_to_its_members_and_each_unit_is_named_once() {
    let directory = Directory::new(
        vec![
            unit(1, "各部门", &[2, 3]),
            unit(2, "甲", &[]),
            unit(3, "乙", &[]),
            unit(4, "丙", &[1, 3]),
        ],
        Vec::new(),
    );
    assert_eq!(directory.expand(&[UnitId(3), UnitId(4)]), [UnitId(3), UnitId(2)]);
}

#[test]
fn groups_that_contain_each_other_do_not_hang() {
    let directory = Directory::new(vec![unit(1, "甲", &[2]), unit(2, "乙", &[1])], Vec::new());
    assert_eq!(directory.expand(&[UnitId(1)]), []);
}

#[test]
fn a_list_read_twice_changes_nothing() {
    let stored = Contact {
        id: ContactId(1),
        uid: ContactUid(uid(1)),
        unit: UnitId(2),
        name: "承办人".into(),
        address: address("a@b.cn"),
        rank: Rank::Handler,
        away: Vec::new(),
        suppressed: false,
        damaged: false,
    };
    let mut bureau = unit(2, "区人力社保局", &[]);
    bureau.aliases = vec!["区人社局".into()];
    bureau.parent = Some(UnitId(1));
    let directory = Directory::new(vec![unit(1, "各部门", &[2]), bureau], vec![stored]);
    let entry = ListedUnit {
        aliases: vec!["区人社局".into()],
        groups: vec!["各部门".into()],
        parent: Some("各部门".into()),
        contact: Some(contact("承办人", "a@b.cn", None)),
        ..listed("区人社局")
    };
    assert!(directory.change_by(&[entry]).unwrap().is_empty());
}

#[test]
fn an_alias_of_another_unit_is_refused_and_every_fault_is_named() {
    let mut first = listed("甲");
    first.aliases = vec!["同".into()];
    let mut second = listed("乙");
    second.aliases = vec!["同".into()];
    second.parent = Some("丙".into());
    second.groups = vec!["乙".into()];
    let faults = Directory::default().change_by(&[first, second]).unwrap_err();
    assert_eq!(
        faults,
        [
            DirectoryFault::AliasTaken { entry: 1, alias: "同".into(), holder: "甲".into() },
            DirectoryFault::OwnMember { entry: 1, group: "乙".into() },
            DirectoryFault::UnknownParent { entry: 1, parent: "丙".into() },
        ]
    );
}

#[test]
fn groups_that_would_contain_each_other_are_refused_in_the_list_and_with_the_ledger() {
    let member_of =
        |name: &str, group: &str| ListedUnit { groups: vec![group.into()], ..listed(name) };
    let (inner, outer) = (member_of("甲组", "乙组"), member_of("乙组", "甲组"));
    let ring = |entry, ring: [&str; 2]| {
        Err(vec![DirectoryFault::RingOfGroups { entry, ring: ring.map(str::to_owned).to_vec() }])
    };
    let refused = Directory::default().change_by(&[inner.clone(), outer.clone()]);
    assert_eq!(refused, ring(1, ["甲组", "乙组"]));
    let known = Directory::new(vec![unit(1, "乙组", &[2]), unit(2, "甲组", &[])], Vec::new());
    assert_eq!(known.change_by(std::slice::from_ref(&outer)), ring(0, ["甲组", "乙组"]));
    let between = [member_of("丙组", "甲组"), member_of("乙组", "丙组")];
    let refused = known.change_by(&between).unwrap_err();
    let three = ["丙组", "甲组", "乙组"].map(str::to_owned).to_vec();
    assert_eq!(refused, [DirectoryFault::RingOfGroups { entry: 1, ring: three }]);
    assert!(known.change_by(&[inner, member_of("丁", "甲组")]).is_ok());
}

#[test]
fn a_list_that_says_two_things_of_one_unit_or_contact_is_refused_and_not_taken_by_turns() {
    let under = |parent: &str| ListedUnit { parent: Some(parent.into()), ..listed("甲") };
    let units = [listed("乙"), listed("丙"), under("乙"), under("丙"), under("乙")];
    let known = Directory::default().change_by(&units).unwrap_err();
    let twice =
        |entry| DirectoryFault::TwoParents { entry, unit: "甲".into(), first: "乙".into() };
    assert_eq!(known, [twice(3)]);
    let mut stored = unit(1, "甲", &[]);
    stored.parent = Some(UnitId(2));
    let stored = vec![stored, unit(2, "乙", &[]), unit(3, "丙", &[])];
    let stored = Directory::new(stored, Vec::new());
    assert_eq!(stored.change_by(&[under("乙"), under("丙")]).unwrap_err(), [twice(1)]);

    let away = |absence| ListedUnit {
        contact: Some(contact("张三", "z@b.cn", Some(absence))),
        ..listed("甲")
    };
    let other = Absence { from: date(2026, 11, 1), ..golden_week(None) };
    let list = [away(golden_week(None)), away(golden_week(None)), away(other)];
    let refused = Directory::default().change_by(&list).unwrap_err();
    assert_eq!(refused, [DirectoryFault::TwoAbsences { entry: 2, name: "张三".into() }]);
}

fn golden_week(delegate: Option<&str>) -> Absence {
    let delegate = delegate.map(address);
    Absence { from: date(2026, 10, 1), through: date(2026, 10, 15), delegate }
}

#[test]
fn a_delegate_may_be_a_contact_of_the_same_list_and_is_kept_once() {
    let first = ListedUnit {
        contact: Some(contact("张三", "z@b.cn", Some(golden_week(Some("l@b.cn"))))),
        ..listed("甲")
    };
    let second = ListedUnit { contact: Some(contact("李四", "l@b.cn", None)), ..listed("甲") };
    let change = Directory::default().change_by(&[first.clone(), second]).unwrap();
    assert_eq!(change.absences.len(), 1);
    let stored = |id, name: &str, mail: &str, away| Contact {
        id: ContactId(id),
        uid: ContactUid(uid(id)),
        unit: UnitId(1),
        name: name.into(),
        address: address(mail),
        rank: Rank::Handler,
        away,
        suppressed: false,
        damaged: false,
    };
    let away =
        Away { from: date(2026, 10, 1), through: date(2026, 10, 15), delegate: Some(ContactId(2)) };
    let contacts =
        vec![stored(1, "张三", "z@b.cn", vec![away]), stored(2, "李四", "l@b.cn", Vec::new())];
    let directory = Directory::new(vec![unit(1, "甲", &[])], contacts);
    assert!(directory.change_by(&[first]).unwrap().is_empty());
}

#[test]
fn nobody_stands_in_for_themselves_or_for_another_unit() {
    let away = |delegate| ListedUnit {
        contact: Some(contact("张三", "z@b.cn", Some(golden_week(Some(delegate))))),
        ..listed("甲")
    };
    let other = ListedUnit { contact: Some(contact("王五", "w@b.cn", None)), ..listed("乙") };
    for delegate in ["z@b.cn", "w@b.cn", "nobody@b.cn"] {
        let faults = Directory::default().change_by(&[away(delegate), other.clone()]).unwrap_err();
        let expected = DirectoryFault::UnknownDelegate {
            entry: 0,
            unit: "甲".into(),
            delegate: address(delegate),
            known: Vec::new(),
        };
        assert_eq!(faults, [expected]);
    }
}

#[test]
fn names_that_look_alike_are_one_unit() {
    let stored = unit(1, "区政府AB", &[]);
    let directory = Directory::new(vec![stored], Vec::new());
    for name in ["区政府ＡＢ", "区政府\u{200b}AB", "区政府АВ"] {
        assert_eq!(directory.find(name).map(|unit| unit.id), Some(UnitId(1)), "{name}");
        assert_eq!(directory.change_by(&[listed(name)]).unwrap(), DirectoryChange::default());
    }
    let change = Directory::default().change_by(&[listed("单位零宽"), listed("单位\u{2060}零宽")]);
    assert_eq!(change.unwrap().units, ["单位零宽"]);
}

#[test]
fn units_do_not_stand_above_each_other() {
    let below =
        |name: &str, parent: &str| ListedUnit { parent: Some(parent.to_owned()), ..listed(name) };
    let own = Directory::default().change_by(&[below("甲", "甲")]).unwrap_err();
    assert!(matches!(&own[..], [DirectoryFault::RingOfUnits { entry: 0, .. }]), "{own:?}");
    let list = [below("甲", "乙"), below("乙", "丙"), below("丙", "甲")];
    let ring = Directory::default().change_by(&list).unwrap_err();
    let [DirectoryFault::RingOfUnits { entry: 2, ring }] = &ring[..] else { panic!("{ring:?}") };
    assert_eq!(ring, &["丙", "甲", "乙"]);
}
