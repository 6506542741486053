//! Replays the recorded job files: what was accepted must give the same JSON, what was refused must be refused.
//!
//! Limits: where Nomad adds a second finding that only repeats the first, the first is compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jobspec::{Diagnostics, FileAccess, FileAccessError, Format, Inputs, Limits, Parsed, Source, parse};
use serde_json::Value;

/// Cases that do not pass yet. The list may only shrink: a case that passes must leave it.
const KNOWN_FAILURES: &[&str] = &[];

/// Refused cases whose first finding stands elsewhere or is worded differently on purpose.
///
/// Nomad gives no place for these two; ours point at the declaration.
const OTHER_WORDS: &[&str] = &["err-unset-var", "err-var-duplicate"];

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/jobspecs/golden");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("the recorded cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    cases
}

fn name(case: &Path) -> String {
    case.file_name().expect("a name").to_string_lossy().into_owned()
}

fn read(case: &Path, file: &str) -> Option<String> {
    std::fs::read_to_string(case.join(file)).ok()
}

fn json(case: &Path, file: &str) -> Option<Value> {
    read(case, file).map(|text| serde_json::from_str(&text).expect("recorded JSON"))
}

fn source(name: &str, text: String) -> Source {
    Source { file_name: name.to_owned(), text, format: Format::Hcl }
}

/// Files of one case's folder, for the cases of the command line.
struct CaseFiles<'a>(&'a Path);

impl FileAccess for CaseFiles<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileAccessError> {
        std::fs::read(self.0.join(path)).map_err(|error| FileAccessError(error.to_string()))
    }

    fn exists(&self, path: &str) -> Result<bool, FileAccessError> {
        Ok(self.0.join(path).is_file())
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileAccessError> {
        let entries =
            std::fs::read_dir(self.0.join(directory)).map_err(|error| FileAccessError(error.to_string()))?;
        Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    }

    fn absolute(&self, path: &str) -> Result<String, FileAccessError> {
        Ok(format!("/{path}"))
    }

    fn home(&self) -> Result<String, FileAccessError> {
        Err(FileAccessError("no home".to_owned()))
    }
}

/// Parses a case as the HTTP API does, or as its recorded command line does.
fn run(case: &Path) -> Result<Parsed, Diagnostics> {
    let text = read(case, "job.nomad.hcl").expect("a job file");
    let Some(flags) = json(case, "flags.json") else {
        let var_files = read(case, "vars.hcl").map(|text| source("input.hcl", text)).into_iter().collect();
        let inputs = Inputs { var_files, ..Inputs::default() };
        return parse(source("input.hcl", text), &inputs, None, Limits::default());
    };
    let mut inputs = Inputs { strict: true, ..Inputs::default() };
    for flag in flags["args"].as_array().expect("args").iter().filter_map(Value::as_str) {
        if let Some(file) = flag.strip_prefix("-var-file=") {
            inputs.var_files.push(source(file, read(case, file).expect("a variables file")));
        } else if let Some((name, value)) = flag.strip_prefix("-var=").and_then(|flag| flag.split_once('=')) {
            inputs.vars.push((name.to_owned(), value.to_owned()));
        }
    }
    parse(source("job.nomad.hcl", text), &inputs, Some(&CaseFiles(case)), Limits::default())
}

/// Returns the places where two documents differ.
fn differences(want: &Value, got: &Value, path: &str, out: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(left), Value::Object(right)) => {
            for key in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
                let path = format!("{path}.{key}");
                match (left.get(key), right.get(key)) {
                    (Some(want), Some(got)) => differences(want, got, &path, out),
                    (Some(want), None) => out.push(format!("{path}: missing, want {want}")),
                    (None, Some(got)) => out.push(format!("{path}: unexpected {got}")),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (want, got)) in left.iter().zip(right).enumerate() {
                differences(want, got, &format!("{path}[{index}]"), out);
            }
        }
        _ if want != got => out.push(format!("{path}: want {want}, got {got}")),
        _ => {}
    }
}

/// Returns the problems of one case.
fn check(case: &Path) -> Vec<String> {
    let refused = json(case, "error.json").filter(|error| error["stage"] == "parse");
    if let Some(error) = refused {
        return check_refused(&name(case), run(case), error["body"].as_str().expect("a body"));
    }
    let mut problems = Vec::new();
    let want = json(case, "cli_output.json")
        .map_or_else(|| json(case, "parsed.json"), |output| Some(output["Job"].clone()));
    match (run(case), want) {
        (Ok(mut parsed), Some(want)) => {
            differences(&want, &parsed.job.to_json(), "parsed", &mut problems);
            parsed.job.canonicalise();
            if let Some(want) = json(case, "canonical.json") {
                differences(&want, &parsed.job.to_json(), "canonical", &mut problems);
            }
        }
        (Err(findings), Some(_)) => problems.push(format!("refused: {findings}")),
        (_, None) => {}
    }
    problems
}

fn check_refused(name: &str, result: Result<Parsed, Diagnostics>, body: &str) -> Vec<String> {
    let Err(findings) = result else { return vec![format!("accepted, want: {body}")] };
    let want = body.trim_start_matches("Failed to parse job: ");
    let want = want.lines().next().unwrap_or(want).split(", and ").next().unwrap_or(want);
    let got = findings.to_one_line();
    let line = got.lines().next().unwrap_or_default().split(", and ").next().unwrap_or_default().to_owned();
    if line == want || OTHER_WORDS.contains(&name) {
        return Vec::new();
    }
    vec![format!("\n  want: {want}\n  got:  {line}")]
}

#[test]
fn every_recorded_job_file_is_read_as_it_was_recorded() {
    let (mut passed, mut failed) = (Vec::new(), Vec::new());
    for case in cases() {
        let problems = check(&case);
        if problems.is_empty() {
            passed.push(name(&case));
        } else {
            failed.push((name(&case), problems));
        }
    }
    let known: BTreeSet<&str> = KNOWN_FAILURES.iter().copied().collect();
    let new: Vec<String> = failed
        .iter()
        .filter(|(name, _)| !known.contains(name.as_str()))
        .map(|(name, problems)| format!("{name}: {}", problems.join("\n  ")))
        .collect();
    let mended: Vec<&String> = passed.iter().filter(|name| known.contains(name.as_str())).collect();
    assert!(new.is_empty(), "{} passed, {} failed:\n{}", passed.len(), failed.len(), new.join("\n"));
    assert!(mended.is_empty(), "these pass now and must leave KNOWN_FAILURES: {mended:?}");
}
