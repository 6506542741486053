//! Entries as bytes.

use model::Timestamp;
use state::apply::PlanCommit;
use state::codec::{DecodeError, EncodeError, decode, encode};
use state::{Command, Entry};
use testkit::{eval, job, node, node_id};

fn entry(command: Command) -> Entry {
    Entry { now: Timestamp(7), command }
}

fn plan_of(placements: u64) -> Entry {
    let web = job("web");
    let eval = eval(1, &web);
    let nodes: Vec<_> = (0..placements).map(node_id).collect();
    let plan = testkit::plan(&eval, &web, &nodes);
    entry(Command::ApplyPlans(vec![PlanCommit { plan, evals: vec![eval] }]))
}

#[test]
fn entries_come_back_as_they_were() {
    let registration = state::apply::JobRegistration {
        job: job("web"),
        submission: None,
        enforce_index: Some(3),
        eval: Some(eval(1, &job("web"))),
        by: state::apply::RegisteredBy::Launch { slot: model::Timestamp(7) },
    };
    let entries = [
        entry(Command::RegisterJob(Box::new(registration))),
        entry(Command::RegisterNode { node: Box::new(node(1)), evals: Vec::new() }),
        entry(Command::ReconcileSummaries),
        plan_of(3),
    ];
    for entry in entries {
        let bytes = encode(&entry).unwrap();
        assert_eq!(decode(&bytes).unwrap(), entry);
    }
}

#[test]
fn damage_is_refused_with_its_kind() {
    let good = encode(&entry(Command::ReconcileSummaries)).unwrap();
    assert!(matches!(decode(&[]), Err(DecodeError::Empty)));
    assert!(matches!(decode(&good[..good.len() - 1]), Err(DecodeError::Format(_))));
    let mut other = good.clone();
    other[0] = 9;
    assert!(matches!(decode(&other), Err(DecodeError::OtherFormat { found: 9 })));
    let mut longer = good;
    longer.push(0);
    assert!(matches!(decode(&longer), Err(DecodeError::Trailing { bytes: 1 })));
}

#[test]
fn a_large_plan_is_refused_with_its_size() {
    assert!(encode(&plan_of(10_000)).is_ok());
    let Err(EncodeError::TooLarge { bytes }) = encode(&plan_of(40_000)) else { panic!() };
    assert!(bytes > 1 << 20);
}
