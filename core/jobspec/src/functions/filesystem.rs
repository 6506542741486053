//! Functions that read files or take paths apart.
//!
//! Limits: only with a [`FileAccess`](super::FileAccess); without one every function here fails.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::context::FunctionContext;
use super::glob::Glob;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

pub(super) fn file(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let path = text(args, 0);
    let bytes = context.files()?.read(&path).map_err(FunctionError::failed)?;
    context.room(bytes.len())?;
    let content = String::from_utf8(bytes).map_err(|_| {
        let message = format!("contents of {path} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents");
        FunctionError::failed(message)
    })?;
    Ok(Value::string(content))
}

pub(super) fn filebase64(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let bytes = context.files()?.read(&text(args, 0)).map_err(FunctionError::failed)?;
    context.room(bytes.len().saturating_mul(2))?;
    Ok(Value::string(STANDARD.encode(bytes)))
}

pub(super) fn fileexists(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    context.files()?.exists(&text(args, 0)).map(Value::Bool).map_err(FunctionError::failed)
}

pub(super) fn fileset(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let glob = Glob::parse(&text(args, 1)).map_err(|error| FunctionError::Argument(1, error))?;
    let files = context.files()?.list(&text(args, 0)).map_err(FunctionError::failed)?;
    context.room(files.iter().map(String::len).sum())?;
    let matching = files.into_iter().filter(|file| glob.matches(file)).map(Value::string);
    Ok(Value::set(matching.collect()))
}

pub(super) fn abspath(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    context.files()?.absolute(&text(args, 0)).map(Value::string).map_err(FunctionError::failed)
}

pub(super) fn pathexpand(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let files = context.files()?;
    let path = text(args, 0);
    match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            let home = files.home().map_err(FunctionError::failed)?;
            Ok(Value::string(format!("{home}{rest}")))
        }
        _ => Ok(Value::String(path)),
    }
}

pub(super) fn basename(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    context.files()?;
    let path = text(args, 0);
    let trimmed = path.trim_end_matches('/');
    Ok(Value::string(match (path.is_empty(), trimmed.rsplit('/').next()) {
        (true, _) => ".",
        (false, None | Some("")) => "/",
        (false, Some(name)) => name,
    }))
}

pub(super) fn dirname(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    context.files()?;
    let path = text(args, 0);
    let Some((directory, _)) = path.rsplit_once('/') else { return Ok(Value::string(".")) };
    Ok(Value::string(clean(directory, path.starts_with('/'))))
}

/// Returns the shortest equal path, as Go's `path.Clean` does.
fn clean(path: &str, rooted: bool) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if rooted => {}
            other => kept.push(other),
        }
    }
    let joined = kept.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
