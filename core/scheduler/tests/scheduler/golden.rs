//! Every recorded case is replayed; cases that differ are listed here, and the list may only shrink.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::check;
use crate::load;

/// Cases that still differ from the recording, with the reason. One that passes must leave the list.
const KNOWN_FAILURES: &[(&str, &str)] = &[];

#[test]
fn recorded_cases_are_decided_as_recorded() {
    let mut counts: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut report = String::new();
    let known: BTreeSet<&str> = KNOWN_FAILURES.iter().map(|known| known.0).collect();
    let cases = load::cases();
    assert!(cases.len() >= 110);
    for case in &cases {
        let differences = check::case(case);
        let count = counts.entry(case.family.clone()).or_default();
        count.1 += 1;
        count.0 += u32::from(differences.is_empty());
        match (differences.is_empty(), known.contains(case.name.as_str())) {
            (true, true) => {
                writeln!(report, "{}: passes and must leave the list of known failures", case.name).unwrap()
            }
            (false, false) => {
                let shown: Vec<&String> = differences.iter().take(8).collect();
                writeln!(report, "{}: {shown:#?}", case.name).unwrap();
            }
            (true, false) | (false, true) => {}
        }
    }
    let summary: Vec<String> =
        counts.iter().map(|(family, count)| format!("{family} {}/{}", count.0, count.1)).collect();
    assert!(report.is_empty(), "{report}\n{}", summary.join(", "));
}
