//! Jobs against recorded verdicts: refused or not, with which words, with which warnings.

use std::collections::BTreeSet;
use std::fs;

use model::{Job, JobDraft};
use serde_json::Value;

use crate::{read, testdata};

/// Cases whose errors are worded differently here. May only shrink.
const OTHER_WORDS: [&str; 1] = ["inv-constraint-regexp"];

/// Cases whose warnings are worded differently here. May only shrink.
const OTHER_WARNINGS: [&str; 0] = [];

/// The directories of all recorded jobs.
fn cases() -> Vec<(String, std::path::PathBuf)> {
    let dirs = fs::read_dir(testdata().join("jobspecs/golden")).unwrap().map(|case| case.unwrap().path());
    dirs.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

fn admitted(path: &std::path::Path) -> Option<Job> {
    let parsed = path.join("parsed.json");
    parsed.exists().then(|| {
        let mut draft = JobDraft::from_json(&read(parsed)).unwrap();
        draft.namespace.get_or_insert_with(|| "default".to_owned());
        draft.admit("global")
    })
}

#[test]
fn jobs_are_refused_exactly_where_they_were() {
    let (mut seen, mut failures) = (0, Vec::new());
    for (name, path) in cases() {
        let Some(job) = admitted(&path) else { continue };
        let error = path.join("error.json");
        let refused =
            error.exists() && ["validate", "register"].contains(&read(error)["stage"].as_str().unwrap());
        let report = job.validate();
        if report.is_valid() == refused {
            failures.push(format!("{name}: refused {refused}, here {:?}", report.error_text()));
        }
        seen += 1;
    }
    assert!(seen > 80, "{seen} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Compares a text of every case with a recorded one; `known` may differ, and only they.
fn check_texts(known: &[&str], of: impl Fn(&Job, &Value) -> (String, String)) {
    let (mut seen, mut failures) = (0, Vec::new());
    let mut known: BTreeSet<&str> = known.iter().copied().collect();
    for (name, path) in cases() {
        let recorded = path.join("validate.json");
        let Some(job) = admitted(&path).filter(|_| recorded.exists()) else { continue };
        let recorded = read(recorded);
        if recorded["status"] != 200 {
            continue;
        }
        let (want, got) = of(&job, &recorded["body"]);
        match (want == got, known.remove(name.as_str())) {
            (true, true) => failures.push(format!("{name} is right now: take it off the list")),
            (false, false) => failures.push(format!("{name}:\n want {want:?}\n got  {got:?}")),
            (true, false) | (false, true) => {}
        }
        seen += 1;
    }
    assert!(seen > 80, "{seen} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(known.is_empty(), "no such cases: {known:?}");
}

#[test]
fn errors_are_worded_as_recorded() {
    check_texts(&OTHER_WORDS, |job, recorded| {
        let got = job.validate().error_text().unwrap_or_default();
        (recorded["Error"].as_str().unwrap().to_owned(), got)
    });
}

#[test]
fn warnings_are_worded_as_recorded() {
    check_texts(&OTHER_WARNINGS, |job, recorded| {
        // Consul does not exist here and some features neither, which is said; the recordings come from where they do.
        let ours = |warning: &String| {
            !warning.contains("asks for Consul") && !warning.ends_with("not supported yet")
        };
        let warnings: Vec<String> = job.validate().warnings.into_iter().filter(ours).collect();
        let got = match warnings.len() {
            0 => String::new(),
            1 => format!("1 warning:\n\n* {}", warnings[0]),
            many => format!("{many} warnings:\n\n* {}", warnings.join("\n* ")),
        };
        (recorded["Warnings"].as_str().unwrap_or("").to_owned(), got)
    });
}
