//! What holds for every text, whatever it says: it is refused with findings, or every later step takes the job.
//!
//! The fuzz targets and the test that replays their corpus share these. Limits: nothing here looks at what a job
//! means; the other tests do.

use jobspec::{Format, Inputs, Limits, RenderStyle, Source, parse};
use model::diff::{DiffType, job_diff};
use model::{Job, JobDraft};

/// Blocks of one job: a short text can ask for many, and here each is kept in several forms at once.
const MOST_BLOCKS: u64 = 3_000;

/// Holds for any text read as HCL or as the JSON form of HCL.
pub(crate) fn hold_for_hcl(text: &str) {
    hold(text, Format::Hcl);
}

/// Holds for any text read as a job of the HTTP API.
pub(crate) fn hold_for_json(text: &str) {
    hold(text, Format::ApiJson);
}

fn hold(text: &str, format: Format) {
    let source = Source { file_name: "input.hcl".to_owned(), text: text.to_owned(), format };
    let limits = Limits { blocks: MOST_BLOCKS, ..Limits::default() };
    match parse(source, &Inputs::default(), None, limits) {
        Ok(parsed) => {
            assert!(parsed.warning_lines().all(|line| !line.is_empty()));
            hold_for_draft(parsed.job);
        }
        Err(findings) => {
            assert!(!findings.items().is_empty(), "a refused text has a finding");
            assert!(!findings.to_one_line().is_empty());
            assert!(!findings.to_rich_text(RenderStyle::Plain).is_empty());
        }
    }
}

fn hold_for_draft(draft: JobDraft) {
    let again = JobDraft::from_json(&draft.to_json()).expect("what was written is read");
    assert_eq!(again.to_json(), draft.to_json(), "a draft survives its JSON");
    let mut canonical = draft.clone();
    canonical.canonicalise();
    let once = canonical.to_json();
    canonical.canonicalise();
    assert_eq!(once, canonical.to_json(), "canonicalising twice changes nothing");
    hold_for_job(&draft.admit("global"));
}

fn hold_for_job(job: &Job) {
    let report = job.validate();
    assert_eq!(report.is_valid(), report.error_text().is_none());
    let same = job_diff(Some(job), Some(job), None);
    assert_eq!(same.change, DiffType::None, "a job does not differ from itself");
    assert!(same.fields.is_empty());
    assert!(same.objects.is_empty());
    assert_eq!(job_diff(None, Some(job), None).change, DiffType::Added);
    assert_eq!(job_diff(Some(job), None, None).change, DiffType::Deleted);
}
