//! Rules about Rust files.

use std::path::Path;

use super::{Finding, area};

/// Longest file.
const MAX_LINES: usize = 500;
/// Longest function.
const MAX_FUNCTION_LINES: usize = 70;
/// Longest test: most of it is the text that goes in and comes out.
const MAX_TEST_LINES: usize = 120;
/// Names that say nothing.
const VAGUE_NAMES: [&str; 5] = ["common.rs", "helpers.rs", "misc.rs", "types.rs", "utils.rs"];
/// Texts that do not belong into a finished line. Written in two parts, so that this file passes.
const FORBIDDEN: [(&str, &str); 6] = [
    (concat!("#[", "ignore"), "a test that does not run is not a test"),
    (concat!("#[", "allow("), "use #[expect(lint, reason = ..)]"),
    (concat!("#![", "allow("), "use #![expect(lint, reason = ..)]"),
    (concat!("#[", "should_panic"), "assert on a Result instead"),
    (concat!("to", "do!("), "a stub is a defect"),
    (concat!("unimple", "mented!("), "a stub is a defect"),
];

/// Checks one file.
pub(super) fn check(path: &Path, text: &str, findings: &mut Vec<Finding>) {
    let mut find = |line: usize, rule: String| findings.push(Finding { path: path.to_owned(), line, rule });
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    if !first.starts_with("//!") {
        find(1, "a module starts with //! and says what it is for".to_owned());
    }
    let length = text.lines().count();
    if length > MAX_LINES {
        find(MAX_LINES, format!("{length} lines, at most {MAX_LINES}"));
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    if VAGUE_NAMES.contains(&name) {
        find(1, format!("a file called {name} says nothing about what is in it"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        for (forbidden, why) in FORBIDDEN {
            if line.contains(forbidden) {
                find(number, format!("{forbidden}: {why}"));
            }
        }
    }
    let is_test = name == "tests.rs" || path.iter().any(|part| part == "tests");
    let most = if is_test { MAX_TEST_LINES } else { MAX_FUNCTION_LINES };
    for (number, length) in long_functions(text, most) {
        find(number, format!("a function of {length} lines, at most {most}"));
    }
    let is_root = name == "lib.rs" || (name == "main.rs" && path.iter().any(|part| part == "src"));
    let may_be_unsafe = path.starts_with("drivers/sandbox") || area(path) == "cli";
    if is_root && !may_be_unsafe && name == "lib.rs" && !text.contains("#![forbid(unsafe_code)]") {
        find(1, "a crate outside drivers/sandbox and cli forbids unsafe code".to_owned());
    }
}

/// Line and length of every function that is too long. Relies on rustfmt's layout: a function ends at the
/// first closing brace with its own indentation.
fn long_functions(text: &str, most: usize) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_function =
            ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn "]
                .iter()
                .any(|prefix| code.starts_with(prefix));
        if !is_function || line.ends_with(';') {
            continue;
        }
        let indent = line.len() - code.len();
        let closing = format!("{}}}", " ".repeat(indent));
        let Some(length) = lines[start..].iter().position(|line| **line == closing) else { continue };
        if length + 1 > most {
            found.push((start + 1, length + 1));
        }
    }
    found
}
