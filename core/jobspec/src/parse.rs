//! The whole way from texts to a draft job.
//!
//! Limits: steps stop where the next could only repeat earlier findings: after syntax, and after variables.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use model::JobDraft;

use crate::decode::{BlockRef, Decoder, FileBlocks, Instance, job, split_file};
use crate::diagnostic::{Diagnostic, Diagnostics, Report, Severity, Stage};
use crate::evaluate::{Environment, Evaluator, Scope};
use crate::functions::FileAccess;
use crate::limits::{Budget, Limits};
use crate::source::{Format, Source, SourceMap};
use crate::span::FileId;
use crate::syntax::{Body, read_body};
use crate::variables::{
    Given, InputTexts, Inputs, assign_variables, declare_variables, resolve_locals, validate_variables,
};

/// An accepted job file.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The job as written; defaults come from canonicalisation.
    pub job: JobDraft,
    /// Findings that do not refuse the job.
    pub warnings: Vec<Diagnostic>,
    /// What flags and the environment gave to its variables.
    pub given: Given,
    /// The texts that the warnings point into.
    pub sources: SourceMap,
}

/// Reads a job file.
///
/// Without `files`, functions that read files fail, as they must where a server parses.
///
/// # Errors
/// All findings that refuse the job, with their places.
pub fn parse(
    source: Source,
    inputs: &Inputs,
    files: Option<&dyn FileAccess>,
    limits: Limits,
) -> Result<Parsed, Diagnostics> {
    if source.format == Format::ApiJson {
        return parse_api_json(source, limits);
    }
    let parse = Parse { inputs, files, budget: Budget::new(limits), report: Report::new(limits.diagnostics) };
    parse.run(source)
}

struct Parse<'a> {
    inputs: &'a Inputs,
    files: Option<&'a dyn FileAccess>,
    budget: Budget,
    report: Report,
}

impl Parse<'_> {
    fn run(self, source: Source) -> Result<Parsed, Diagnostics> {
        let mut sources = SourceMap::default();
        let text = source.text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(source.text);
        let file = sources.add(source.file_name, text);
        let var_files: Vec<FileId> = self
            .inputs
            .var_files
            .iter()
            .map(|file| sources.add(&file.file_name, file.text.as_str()))
            .collect();
        let environment =
            self.inputs.env_vars.iter().map(|(name, value)| (format!("NOMAD_VAR_{name}"), value));
        let flags = self.inputs.vars.iter().map(|(name, value)| (format!("-var={name}"), value));
        let raw: Vec<FileId> =
            environment.chain(flags).map(|(name, value)| sources.add(name, value.as_str())).collect();
        let Ok(body) = read_body(&sources, file, &self.budget, &self.report) else {
            return Err(self.refuse(Stage::Syntax, sources));
        };
        let mut bodies: Vec<Body> = Vec::new();
        for file in var_files {
            match read_body(&sources, file, &self.budget, &self.report) {
                Ok(body) => bodies.push(body),
                Err(_) => return Err(self.refuse(Stage::VariableText, sources)),
            }
        }
        let blocks = split_file(body, &sources, &self.report);
        self.evaluate(&blocks, &bodies, &raw, sources)
    }

    fn evaluate(
        self,
        blocks: &FileBlocks,
        bodies: &[Body],
        raw: &[FileId],
        sources: SourceMap,
    ) -> Result<Parsed, Diagnostics> {
        let mut environment = Environment {
            variables: BTreeMap::new(),
            locals: RefCell::default(),
            broken: RefCell::default(),
            files: None,
            seed: self.inputs.seed,
            drawn: Cell::new(0),
            last_pattern: RefCell::default(),
        };
        let constant = Evaluator { environment: &environment, report: &self.report, budget: &self.budget };
        let declared = declare_variables(&blocks.variables, &blocks.legacy_variables, &constant);
        let texts = InputTexts { sources: &sources, inputs: self.inputs, files: bodies, raw };
        let assigned = assign_variables(&declared, &texts, &constant);
        validate_variables(&declared, &assigned, &constant, &sources);
        let Some(block) = blocks.job.as_ref().filter(|_| !self.report.has_errors()) else {
            return Err(self.refuse(Stage::Syntax, sources));
        };
        let given = assigned.given;
        environment.variables =
            assigned.values.into_iter().map(|(name, assignment)| (name, assignment.value)).collect();
        environment.files = self.files;
        let evaluator = Evaluator { environment: &environment, report: &self.report, budget: &self.budget };
        resolve_locals(&blocks.locals, &evaluator);
        let decoder = Decoder { evaluator, report: &self.report, sources: &sources };
        let instance = Instance::plain(BlockRef::Written(block), Scope::default());
        let draft = decoder.job(&instance);
        match draft {
            Some(job) if !self.report.has_errors() => {
                let (warnings, _) = self.report.finish();
                Ok(Parsed { job, warnings, given, sources })
            }
            _ => Err(self.refuse(Stage::Decode, sources)),
        }
    }

    fn refuse(self, stage: Stage, sources: SourceMap) -> Diagnostics {
        let (mut items, dropped) = self.report.finish();
        if items.is_empty() {
            items.push(Diagnostic::global("Invalid job", "The job file was refused without a finding."));
        }
        items.sort_by_key(|item| item.span.map(|span| (span.file, span.start)));
        Diagnostics { items, dropped, stage, sources }
    }
}

impl Decoder<'_> {
    /// Decodes the job block if it has exactly its name as label.
    fn job(&self, instance: &Instance<'_>) -> Option<JobDraft> {
        self.check_instance(instance, "job", &["name"]).then(|| self.decode_labelled(instance, job))
    }
}

/// Reads a job in the API's JSON, bare or as `{"Job": …}`.
fn parse_api_json(source: Source, limits: Limits) -> Result<Parsed, Diagnostics> {
    let mut sources = SourceMap::default();
    let file = sources.add(source.file_name, source.text);
    let refuse = |finding: Diagnostic, sources: SourceMap| Diagnostics {
        items: vec![finding],
        dropped: 0,
        stage: Stage::Decode,
        sources,
    };
    let text = sources.text(file);
    if text.len() > limits.source_bytes {
        let detail =
            format!("The job is {} bytes long; at most {} are read.", text.len(), limits.source_bytes);
        return Err(refuse(Diagnostic::global("Source too large", detail), sources));
    }
    let json: serde_json::Value = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => {
            let at =
                text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = (at + error.column().saturating_sub(1)).min(text.len());
            let span = crate::span::Span::new(file, at..at);
            return Err(refuse(
                Diagnostic::error(span, "Invalid JSON", sentence(&error.to_string())),
                sources,
            ));
        }
    };
    let wrapped = json.as_object().and_then(|object| {
        object.iter().find(|(name, value)| name.eq_ignore_ascii_case("job") && value.is_object())
    });
    match JobDraft::from_json(wrapped.map_or(&json, |(_, job)| job)) {
        Ok(job) => Ok(Parsed { job, warnings: Vec::new(), given: Given::default(), sources }),
        Err(error) => Err(refuse(Diagnostic::global("Invalid job", sentence(&error.to_string())), sources)),
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

impl Parsed {
    /// Returns the warnings, each on one line.
    pub fn warning_lines(&self) -> impl Iterator<Item = String> {
        self.warnings
            .iter()
            .filter(|item| item.severity == Severity::Warning)
            .map(|item| item.to_one_line(&self.sources))
    }
}
