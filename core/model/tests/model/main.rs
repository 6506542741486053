//! Documents against recorded JSON: what is read is written again, byte for byte in meaning.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::disallowed_methods, reason = "tests read recordings from files")]

mod diff;
mod hostile;
mod validate;

use std::fs;
use std::path::PathBuf;

use model::JobDraft;
use serde_json::Value;

fn testdata() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()
}

/// The first place where two documents differ.
fn difference(want: &Value, got: &Value, path: &str) -> Option<String> {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            let missing =
                want.keys().find(|key| !got.contains_key(*key)).map(|key| format!("{path}.{key} is missing"));
            let extra = got
                .keys()
                .find(|key| !want.contains_key(*key))
                .map(|key| format!("{path}.{key} is too much"));
            missing.or(extra).or_else(|| {
                want.iter().find_map(|(key, value)| difference(value, &got[key], &format!("{path}.{key}")))
            })
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => {
            let mut pairs = want.iter().zip(got).enumerate();
            pairs.find_map(|(index, (want, got))| difference(want, got, &format!("{path}[{index}]")))
        }
        _ if want == got => None,
        _ => Some(format!("{path}: want {want}, got {got}")),
    }
}

fn check_drafts(file: &str) -> usize {
    let mut seen = 0;
    let mut failures = Vec::new();
    for case in fs::read_dir(testdata().join("jobspecs/golden")).unwrap() {
        let path = case.unwrap().path().join(file);
        if !path.exists() {
            continue;
        }
        let want = read(path.clone());
        let got =
            JobDraft::from_json(&want).map_or_else(|error| error.to_string().into(), |draft| draft.to_json());
        failures.extend(
            difference(&want, &got, "$").map(|difference| format!("{}: {difference}", path.display())),
        );
        seen += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    seen
}

#[test]
fn drafts_are_written_as_they_were_read() {
    assert!(check_drafts("parsed.json") > 50);
    assert!(check_drafts("canonical.json") > 50);
}

#[test]
fn canonical_jobs_are_written_as_they_were_read() {
    let recording = read(testdata().join("api/job-web.json"));
    let want = &recording["response"]["body"];
    let got = JobDraft::from_json(want).unwrap().resolve().to_json();
    assert_eq!(difference(want, &got, "$"), None);
    assert_eq!(JobDraft::from_json(&got).unwrap().resolve(), JobDraft::from_json(want).unwrap().resolve());
}

#[test]
fn field_names_match_in_any_case_but_keys_of_maps_are_kept() {
    let json =
        serde_json::json!({"id": "x", "META": {"Owner": "me"}, "taskgroups": [{"NAME": "g", "count": 3.0}]});
    let draft = JobDraft::from_json(&json).unwrap();
    assert_eq!(draft.id.as_deref(), Some("x"));
    assert_eq!(draft.meta.unwrap()["Owner"], "me");
    assert_eq!(draft.task_groups.unwrap()[0].count, Some(3));
}

#[test]
fn a_wrong_type_is_named_with_its_place() {
    let json = serde_json::json!({"TaskGroups": [{"Tasks": [{"Resources": {"CPU": "lots"}}]}]});
    let error = JobDraft::from_json(&json).unwrap_err();
    assert_eq!(error.to_string(), "cannot use a string as a number at TaskGroups[0].Tasks[0].Resources.CPU");
}

#[test]
fn many_documents_in_little_json_are_refused() {
    let groups = vec![serde_json::json!({}); 60_000];
    let error = JobDraft::from_json(&serde_json::json!({ "TaskGroups": groups })).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("too many documents: those up to TaskGroups["), "{text}");
}

#[test]
fn a_number_out_of_range_is_refused() {
    let json = serde_json::json!({"Priority": 1e300});
    let error = JobDraft::from_json(&json).unwrap_err();
    assert_eq!(error.to_string(), "number 1e+300 is out of range at Priority");
}

/// Plans whose recorded diff has something that is not reproduced yet; may only shrink.
const DIFFERENT_PLANS: [&str; 0] = [];

#[test]
fn diffs_of_jobs_are_as_recorded() {
    let mut failures = Vec::new();
    let mut seen = 0;
    for case in fs::read_dir(testdata().join("plan")).unwrap() {
        let case = case.unwrap().path();
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let plan = read(case.join("plan.json"));
        let Some(want) = plan.get("Diff") else { continue };
        let job = |file: &str| {
            let path = case.join(file);
            path.exists().then(|| JobDraft::from_json(&read(path)).unwrap().admit("global"))
        };
        let (mut old, new) = (job("old.json"), job("new.json"));
        if let Some(old) = old.as_mut().filter(|_| name == "stopped-restart") {
            old.stop = true;
        }
        let diff = model::diff::job_diff(old.as_ref(), new.as_ref(), Some(&annotations(&plan)));
        let difference = difference(want, &serde_json::to_value(diff).unwrap(), "$");
        let known = DIFFERENT_PLANS.contains(&name.as_str());
        match difference {
            Some(difference) if !known => failures.push(format!("{name}: {difference}")),
            None if known => failures.push(format!("{name} is right now: take it off the list")),
            _ => {}
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen} cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn annotations(plan: &Value) -> model::PlanAnnotations {
    let mut annotations = model::PlanAnnotations::default();
    for (group, counts) in plan["Annotations"]["DesiredTGUpdates"].as_object().into_iter().flatten() {
        let count = |name: &str| counts[name].as_u64().unwrap_or(0);
        let desired = model::DesiredUpdates {
            ignore: count("Ignore"),
            place: count("Place"),
            migrate: count("Migrate"),
            stop: count("Stop"),
            in_place_update: count("InPlaceUpdate"),
            destructive_update: count("DestructiveUpdate"),
            canary: count("Canary"),
            ..model::DesiredUpdates::default()
        };
        annotations.groups.insert(group.as_str().into(), desired);
    }
    annotations
}
