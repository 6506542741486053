//! Jobs from seeds: what is written is read back the same, as HCL, in the canonical layout, and as JSON.
//!
//! `NOMADCTL_PROPERTY_CASES` sets how many jobs are tried, and `NOMADCTL_PROPERTY_SEED` where they start.

use std::collections::BTreeSet;

use jobspec::{Format, Inputs, Limits, Source, format_text, parse, shorten, write_job};
use model::document::{Document, FieldDef, Form, Kind};
use model::{Job, JobDraft};
use serde_json::{Value, json};
use testkit::{Seed, any_draft, hcl_draft, hcl_form, shrink};

/// Jobs that are tried in each test unless told otherwise.
const CASES: u64 = 150;

fn cases() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let start = number("NOMADCTL_PROPERTY_SEED").unwrap_or(0);
    start..start + number("NOMADCTL_PROPERTY_CASES").unwrap_or(CASES)
}

fn source(text: String, format: Format) -> Source {
    Source { file_name: "x".to_owned(), text, format }
}

/// Returns the JSON of the job that a text means, or why it means none.
fn read(text: String, format: Format) -> Result<Value, String> {
    match parse(source(text, format), &Inputs::default(), None, Limits::default()) {
        Ok(parsed) => Ok(parsed.job.to_json()),
        Err(findings) => Err(findings.to_one_line()),
    }
}

/// Fails with the smallest part of a job, of the given form, for which `problem` finds something.
fn check(
    number: u64,
    job: &JobDraft,
    form: impl Fn(&Value) -> Value,
    problem: impl Fn(&JobDraft) -> Option<String>,
) {
    if problem(job).is_none() {
        return;
    }
    let find = |json: &Value| JobDraft::from_json(&form(json)).ok().and_then(|job| problem(&job));
    let small = shrink(&job.to_json(), |json| find(json).is_some());
    let problem = find(&small).unwrap_or_default();
    panic!(
        "seed {number}: {problem}\n{}",
        serde_json::to_string_pretty(&without_nulls(&small)).expect("JSON")
    );
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Says what is wrong with the HCL of a job.
fn hcl_problem(job: &JobDraft) -> Option<String> {
    let text = match write_job(job) {
        Ok(text) => text,
        Err(error) => return Some(format!("not written: {error}")),
    };
    match read(text.clone(), Format::Hcl) {
        Ok(back) if back == job.to_json() => None,
        Ok(back) => Some(format!("{}\n{text}", first_difference(&job.to_json(), &back, "job"))),
        Err(refused) => Some(format!("refused: {refused}\n{text}")),
    }
}

fn first_difference(want: &Value, got: &Value, path: &str) -> String {
    match (want, got) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            let differs = keys.into_iter().find(|key| left.get(*key) != right.get(*key));
            let Some(key) = differs else { return String::new() };
            let none = Value::from("(none)");
            let (want, got) = (left.get(key).unwrap_or(&none), right.get(key).unwrap_or(&none));
            first_difference(want, got, &format!("{path}.{key}"))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let at = left.iter().zip(right).position(|(want, got)| want != got).unwrap_or(0);
            first_difference(&left[at], &right[at], &format!("{path}[{at}]"))
        }
        _ => format!("{path}: wrote {want}, read {got}"),
    }
}

#[test]
fn a_job_written_as_hcl_is_read_back() {
    for number in cases() {
        check(number, &hcl_draft(&mut Seed::new(number)), hcl_form, hcl_problem);
    }
}

#[test]
fn a_written_job_is_in_the_canonical_layout_and_laying_it_out_changes_no_meaning() {
    for number in cases() {
        let job = hcl_draft(&mut Seed::new(number));
        let text = write_job(&job).expect("written");
        let again = format_text(source(text.clone(), Format::Hcl), Limits::default()).expect("HCL");
        assert_eq!(again, text, "seed {number}");
        // The same text with its layout spoilt.
        let spoilt = spoil(&text);
        let laid_out = format_text(source(spoilt.clone(), Format::Hcl), Limits::default())
            .unwrap_or_else(|findings| panic!("seed {number}: {findings}\n{spoilt}"));
        assert_eq!(read(laid_out, Format::Hcl), read(spoilt, Format::Hcl), "seed {number}");
    }
}

/// Takes the indents of lines outside heredocs, and doubles the spaces around equals signs.
fn spoil(text: &str) -> String {
    let mut out = String::new();
    let mut marker: Option<String> = None;
    for line in text.split_inclusive('\n') {
        if let Some(end) = &marker {
            out.push_str(line);
            marker = if line.trim() == end { None } else { marker };
            continue;
        }
        marker =
            line.split_once("<<").filter(|(_, end)| !end.contains('"')).map(|(_, end)| end.trim().to_owned());
        match line.trim_start().split_once(" = ") {
            Some((name, value)) if !name.contains('"') => out.push_str(&format!("{name}=  {value}")),
            _ => out.push_str(line.trim_start()),
        }
    }
    out
}

#[test]
fn the_json_of_any_job_is_read_back_in_both_forms() {
    for number in cases() {
        let job = any_draft(&mut Seed::new(number));
        check(number, &job, Value::clone, |job| {
            let bare = job.to_json();
            let wrapped = json!({ "Job": bare });
            [bare.to_string(), serde_json::to_string_pretty(&wrapped).expect("JSON")].into_iter().find_map(
                |text| match read(text, Format::ApiJson) {
                    Ok(back) if back == job.to_json() => None,
                    Ok(back) => Some(first_difference(&job.to_json(), &back, "job")),
                    Err(refused) => Some(refused),
                },
            )
        });
    }
}

#[test]
fn the_recorded_jobs_are_written_and_read_back() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/jobspecs/golden");
    let mut read_back = 0;
    for case in std::fs::read_dir(root).expect("the recorded cases") {
        let case = case.expect("an entry").path();
        for file in ["parsed.json", "canonical.json"] {
            let Ok(text) = std::fs::read_to_string(case.join(file)) else { continue };
            let json: Value = serde_json::from_str(&text).expect("recorded JSON");
            let recorded = JobDraft::from_json(&json).expect("a job");
            let text = write_job(&recorded).expect("written");
            let mut back =
                parse(source(text.clone(), Format::Hcl), &Inputs::default(), None, Limits::default())
                    .unwrap_or_else(|findings| panic!("{}: {findings}\n{text}", case.display()))
                    .job;
            let mut want = recorded;
            want.canonicalise();
            back.canonicalise();
            let (want, back) = (want.resolve().to_json(), back.resolve().to_json());
            assert_eq!(first_difference(&want, &back, "job"), "", "{} {file}\n{text}", case.display());
            read_back += 1;
        }
    }
    assert!(read_back > 90, "only {read_back}");
}

/// What a server stores of a recorded job, and what it says of it.
fn stored(job: JobDraft) -> (Value, Vec<String>) {
    let job = job.admit("global");
    let report = job.validate();
    (job.to_json(), report.flat_errors())
}

#[test]
fn the_jobs_that_a_server_stores_are_written_and_stored_again() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/jobspecs/golden");
    for case in std::fs::read_dir(root).expect("the recorded cases") {
        let case = case.expect("an entry").path();
        let Ok(text) = std::fs::read_to_string(case.join("parsed.json")) else { continue };
        let json: Value = serde_json::from_str(&text).expect("recorded JSON");
        let (want, errors) = stored(JobDraft::from_json(&json).expect("a job"));
        let whole = JobDraft::from_json(&want).expect("a job");
        for draft in [shorten(&whole), whole] {
            let text = write_job(&draft).expect("written");
            let back = parse(source(text.clone(), Format::Hcl), &Inputs::default(), None, Limits::default())
                .unwrap_or_else(|findings| panic!("{}: {findings}\n{text}", case.display()));
            let (back, back_errors) = stored(back.job);
            assert_eq!(first_difference(&want, &back, "job"), "", "{}\n{text}", case.display());
            if errors.is_empty() {
                assert!(back_errors.is_empty(), "{}: {back_errors:?}\n{text}", case.display());
            }
        }
    }
}

/// Adds the fields that are set in a document, each with the block it is in.
fn note(object: &Value, fields: &'static [FieldDef], block: &str, seen: &mut BTreeSet<String>) {
    for field in fields {
        let value = &object[field.go];
        if value.is_null() {
            continue;
        }
        seen.insert(format!("{block}.{}", field.name));
        match (field.kind, value) {
            (Kind::Document(inner), _) => note(value, inner(), field.name, seen),
            (Kind::Documents(inner), Value::Array(items)) => {
                items.iter().for_each(|item| note(item, inner(), field.name, seen));
            }
            (Kind::NamedDocuments(inner), Value::Object(entries)) => {
                entries.values().for_each(|item| note(item, inner(), field.name, seen));
            }
            _ => {}
        }
    }
}

/// Adds the fields that a document can have, each with the block it is in.
fn all(fields: &'static [FieldDef], block: &str, names: &mut BTreeSet<String>) {
    for field in fields.iter().filter(|field| field.draft != Form::Absent) {
        let new = names.insert(format!("{block}.{}", field.name));
        match field.kind {
            Kind::Document(inner) | Kind::Documents(inner) | Kind::NamedDocuments(inner) if new => {
                all(inner(), field.name, names);
            }
            _ => {}
        }
    }
}

#[test]
fn every_field_of_a_job_is_reached() {
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    all(Job::fields(), "job", &mut names);
    for number in 0..3_000 {
        note(&any_draft(&mut Seed::new(number)).to_json(), Job::fields(), "job", &mut seen);
    }
    let missed: Vec<&String> = names.difference(&seen).collect();
    assert!(missed.is_empty(), "{} of {} never set: {missed:#?}", missed.len(), names.len());
}
