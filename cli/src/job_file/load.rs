//! Reading and parsing a job file.
//!
//! Purpose: path or stdin, variables from flags, files and `NOMAD_VAR_*`, and the text that is sent along.
//! Limits: the job file and each variables file may have as many bytes as the parser reads.

use std::io::Read as _;
use std::path::Path;

use api::{Client, Submission};
use jobspec::{Diagnostics, Format, Given, Inputs, Limits, RenderStyle, Source};
use serde_json::Value;

use super::JobFileArgs;
use super::files::LocalFiles;
use crate::context::Context;
use crate::format::ibytes;
use crate::global::GlobalArgs;
use crate::{CommandError, Environment};

/// A job file that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct JobFile {
    /// The job as the API takes it.
    pub job: Value,
    /// The text it was made from.
    pub submission: Submission,
    /// What is odd about it, one line each.
    pub warnings: Vec<String>,
}

impl JobFile {
    /// Reads the job file at `path`; `-` is stdin.
    pub(crate) fn load(
        path: &str,
        args: &JobFileArgs,
        global: &GlobalArgs,
        context: &Context<'_>,
    ) -> Result<JobFile, CommandError> {
        let text = read_source(path, context)?;
        let var_files =
            args.var_files.iter().map(|path| read_variables(path)).collect::<Result<Vec<_>, _>>()?;
        let vars = variable_flags(&args.vars)?;
        let var_texts: Vec<String> = var_files.iter().map(|file| file.text.clone()).collect();
        let inputs = Inputs {
            vars,
            var_files,
            env_vars: environment_variables(context.env),
            strict: args.hcl2_strict,
            seed: seed()?,
        };
        let format = if args.json { Format::ApiJson } else { Format::Hcl };
        let source = Source { file_name: path.to_owned(), text: text.clone(), format };
        let files = LocalFiles::new(context.env);
        let style = if context.colour(global) { RenderStyle::Coloured } else { RenderStyle::Plain };
        let parsed = jobspec::parse(source, &inputs, Some(&files), Limits::default())
            .map_err(|found| refused(path, args.json, &found, style))?;
        let warnings = parsed.warning_lines().collect();
        let submission = submission(text, args.json, var_texts, &parsed.given);
        let mut job = parsed.job.to_json();
        if let Some(namespace) = &args.vault_namespace {
            job["VaultNamespace"] = Value::String(namespace.clone());
        }
        Ok(JobFile { job, submission, warnings })
    }

    /// Returns a text field of the job.
    #[must_use]
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.job.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Returns the client for the region and namespace that the job names.
    #[must_use]
    pub(crate) fn scope(&self, client: &Client) -> Client {
        client.scoped(self.text("Region"), self.text("Namespace"))
    }
}

/// Makes what is sent along with the job: its text, and what its variables were given.
fn submission(source: String, json: bool, mut variables: Vec<String>, given: &Given) -> Submission {
    variables.extend(given.complex.iter().map(|(name, value)| format!("{name} = {value}")));
    Submission {
        source,
        format: if json { "json" } else { "hcl2" }.to_owned(),
        variable_flags: given.simple.clone(),
        variables: variables.join("\n"),
    }
}

/// Returns how many bytes a job or variables file may have.
fn max_file() -> u64 {
    Limits::default().source_bytes as u64
}

fn failed(text: impl std::fmt::Display) -> CommandError {
    CommandError::failed(format!("Error getting job struct: {text}"))
}

/// Words a refused file: Nomad's lines first, then the excerpts.
fn refused(path: &str, json: bool, found: &Diagnostics, style: RenderStyle) -> CommandError {
    let what = if json {
        "Failed to parse JSON job: ".to_owned()
    } else {
        format!("Error parsing job file from {path}:\n")
    };
    failed(format!("{what}{}\n\n{}", found.to_one_line(), found.to_rich_text(style)))
}

fn read_source(path: &str, context: &Context<'_>) -> Result<String, CommandError> {
    let unreadable = |reason: String| failed(format!("Error getting jobfile from {path:?}: {reason}"));
    if path.contains("://") {
        return Err(unreadable("only paths and - are read; download the file first".to_owned()));
    }
    let bytes = if path == "-" {
        context.ui.read_input(max_file()).map_err(|error| unreadable(error.to_string()))?
    } else {
        read_file(Path::new(path)).map_err(unreadable)?
    };
    String::from_utf8(bytes).map_err(|_| unreadable("the file is not UTF-8".to_owned()))
}

fn read_variables(path: &Path) -> Result<Source, CommandError> {
    let name = path.to_string_lossy().into_owned();
    let unreadable = |reason: String| failed(format!("Error reading variables file {name:?}: {reason}"));
    let bytes = read_file(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("the file is not UTF-8".to_owned()))?;
    Ok(Source { file_name: name, text, format: Format::Hcl })
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let open = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("open {}: no such file or directory", path.display()),
        _ => format!("open {}: {error}", path.display()),
    };
    let file = std::fs::File::open(path).map_err(open)?;
    let mut bytes = Vec::new();
    let limit = max_file();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("read {}: {error}", path.display()))?;
    if bytes.len() as u64 > limit {
        return Err(format!("{} is larger than {limit} bytes ({})", path.display(), ibytes(limit)));
    }
    Ok(bytes)
}

fn variable_flags(flags: &[String]) -> Result<Vec<(String, String)>, CommandError> {
    let split = |flag: &String| match flag.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(failed(format!("invalid -var value {flag:?}: expected key=value"))),
    };
    flags.iter().map(split).collect()
}

fn environment_variables(env: &Environment) -> Vec<(String, String)> {
    let named = |(name, value): (&str, &str)| {
        name.strip_prefix("NOMAD_VAR_").map(|name| (name.to_owned(), value.to_owned()))
    };
    env.iter().filter_map(named).collect()
}

/// Draws the seed of `uuidv4` and `bcrypt`.
fn seed() -> Result<[u8; 32], CommandError> {
    let mut seed = [0; 32];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut seed));
    read.map_err(|error| failed(format!("cannot draw random numbers: {error}")))?;
    Ok(seed)
}
