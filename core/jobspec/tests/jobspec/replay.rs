//! Replays the corpus of the fuzz targets and the recorded job files: every text is refused or taken by every step.
//!
//! Limits: a text may take ten seconds of wall time on a busy machine, and all tests of this binary together 256 MiB;
//! both are far above what is needed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::claims;

/// Most memory that the process may have taken so far.
const MOST_KILOBYTES: u64 = 256 << 10;
/// Most time for one text.
const LONGEST: Duration = Duration::from_secs(10);

fn texts(folder: &Path, file: Option<&str>) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let paths = paths.into_iter().map(|path| file.map_or(path.clone(), |file| path.join(file)));
    // A fuzz target skips what is no text, and so does this.
    paths.filter_map(|path| std::fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

fn replay(texts: &[(PathBuf, String)], hold: fn(&str)) {
    assert!(texts.len() > 50, "the corpus is there: {}", texts.len());
    for (path, text) in texts {
        let started = Instant::now();
        hold(text);
        assert!(started.elapsed() < LONGEST, "{} takes {:?}", path.display(), started.elapsed());
    }
    let peak = peak_kilobytes();
    assert!(peak < MOST_KILOBYTES, "the process took {peak} kB");
}

/// The peak of the resident set; nothing where the system does not tell.
fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().expect("the kernel writes a number")
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/jobspecs/golden")
}

#[test]
fn every_hcl_text_of_the_corpus_is_refused_or_taken() {
    replay(&texts(&corpus("hcl_text"), None), claims::hold_for_hcl);
}

#[test]
fn every_json_job_of_the_corpus_is_refused_or_taken() {
    replay(&texts(&corpus("json_job"), None), claims::hold_for_json);
}

#[test]
fn every_recorded_job_is_refused_or_taken() {
    replay(&texts(&golden(), Some("job.nomad.hcl")), claims::hold_for_hcl);
    replay(&texts(&golden(), Some("parsed.json")), claims::hold_for_json);
}
