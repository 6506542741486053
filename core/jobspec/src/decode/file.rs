//! The top level of a job file: one `job`, and variables and locals.
//!
//! Limits: finds and counts blocks; decodes none.

use crate::diagnostic::{Diagnostic, Report};
use crate::nearest::nearest_name;
use crate::source::SourceMap;
use crate::syntax::{Block, Body, json_blocks};

const KINDS: [&str; 4] = ["job", "variable", "variables", "locals"];

/// The blocks of a job file by type.
#[derive(Default)]
pub(crate) struct FileBlocks {
    pub(crate) job: Option<Block>,
    pub(crate) variables: Vec<Block>,
    pub(crate) legacy_variables: Vec<Block>,
    pub(crate) locals: Vec<Block>,
}

/// Sorts the blocks of a file and reports what does not belong there.
pub(crate) fn split_file(body: Body, sources: &SourceMap, report: &Report) -> FileBlocks {
    let mut blocks = body.blocks;
    for attribute in body.attributes {
        let name = attribute.name.as_ref();
        if body.syntax == crate::syntax::Syntax::Json && KINDS.contains(&name) {
            let labels = usize::from(matches!(name, "job" | "variable"));
            blocks.extend(json_blocks(&attribute, labels, report).unwrap_or_default());
            continue;
        }
        let detail = format!("An argument named \"{name}\" is not expected here.");
        report.add(Diagnostic::error(attribute.name_span, "Unsupported argument", detail));
    }
    let mut found = FileBlocks::default();
    let strangers = blocks.iter().any(|block| !KINDS.contains(&block.kind.as_ref()));
    for block in blocks {
        match block.kind.as_ref() {
            "variable" => found.variables.push(block),
            "variables" => found.legacy_variables.push(block),
            "locals" => found.locals.push(block),
            "job" => match &found.job {
                None => found.job = Some(block),
                Some(first) => {
                    let before = sources.range_text(first.header);
                    let detail = format!(
                        "Only one block of type \"job\" is allowed. Previous definition was at {before}."
                    );
                    report.add(Diagnostic::error(block.header, "Duplicate job block", detail));
                }
            },
            kind => unknown(kind, &block, report),
        }
    }
    if found.job.is_none() && !strangers {
        report.add(Diagnostic::global("Missing job block", "A job block is required"));
    }
    found
}

fn unknown(kind: &str, block: &Block, report: &Report) {
    let mut detail = format!("Blocks of type \"{kind}\" are not expected here.");
    let nearest = nearest_name(kind, KINDS);
    if let Some(nearest) = nearest {
        detail.push_str(&format!(" Did you mean \"{nearest}\"?"));
    }
    report.add(Diagnostic::error(block.kind_span, "Unsupported block type", detail).nearest(nearest));
}
