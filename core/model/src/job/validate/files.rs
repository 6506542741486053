//! Files of a task: artifacts, templates, the payload of a dispatch. They must stay below the allocation's
//! directory.
//!
//! Limits: paths with interpolation are checked where they are resolved.

use std::collections::BTreeSet;

use super::Problems;
use crate::{Nanos, Task, Template};

/// Checks the files of a task.
pub(super) fn check(task: &Task, problems: &mut Problems) {
    for (at, artifact) in (1..).zip(&task.artifacts) {
        let mut inner = Problems::default();
        inner.add_if(artifact.source.is_empty(), || "source must be specified".to_owned());
        inner.add_if(!["any", "file", "dir"].contains(&artifact.mode.as_str()), || {
            format!("invalid artifact mode {:?}; must be one of: any, file, dir", artifact.mode)
        });
        inner
            .add_if(escapes(&artifact.destination), || "destination escapes allocation directory".to_owned());
        if let Some(checksum) = artifact.options.get("checksum") {
            inner.add_if(!is_checksum(checksum), || format!("invalid checksum {checksum:?}"));
        }
        problems.nest(&format!("Artifact {at}"), &inner);
    }
    let mut destinations = BTreeSet::new();
    for (at, template) in (1..).zip(&task.templates) {
        let inner = check_template(template);
        problems.nest(&format!("Template {at}"), &inner);
        if !template.destination.is_empty() && !destinations.insert(template.destination.as_str()) {
            problems.add(format!("Template {at} has same destination as an earlier template"));
        }
    }
}

fn check_template(template: &Template) -> Problems {
    let mut problems = Problems::default();
    problems.add_if(template.source.is_empty() && template.data.is_empty(), || {
        "Must specify a source path or have an embedded template".to_owned()
    });
    problems
        .add_if(template.destination.is_empty(), || "Must specify a destination for the template".to_owned());
    problems.add_if(escapes(&template.destination), || "destination escapes allocation directory".to_owned());
    let mode = template.change_mode.as_str();
    problems.add_if(!["noop", "restart", "signal", "script"].contains(&mode), || {
        "Invalid change mode. Must be one of the following: noop, signal, script, restart".to_owned()
    });
    problems.add_if(mode == "signal" && template.change_signal.is_empty(), || {
        "Must specify signal value when change mode is signal".to_owned()
    });
    problems
        .add_if(mode == "signal" && template.env, || "cannot use signals with env var templates".to_owned());
    let script = template.change_script.as_ref();
    problems.add_if(mode == "script" && script.is_none_or(|script| script.command.is_empty()), || {
        "must specify change script configuration value when change mode is script".to_owned()
    });
    problems.add_if(template.splay < Nanos::ZERO, || "Must specify positive splay value".to_owned());
    let perms = template.perms.as_str();
    problems.add_if(perms.is_empty() || !perms.chars().all(|c| c.is_digit(8)), || {
        format!("Failed to parse {perms:?} as octal: strconv.ParseUint: parsing {perms:?}: invalid syntax")
    });
    if let Some(wait) = &template.wait {
        let backwards = wait.min.zip(wait.max).is_some_and(|(min, max)| min > max);
        problems.add_if(backwards, || "wait min must not be greater than its max".to_owned());
    }
    problems
}

/// Whether a relative path leaves the allocation's directory, in which the task's own is one level down.
fn escapes(path: &str) -> bool {
    let mut depth = 0_i32;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < -1 {
            return true;
        }
    }
    depth < 0
}

/// `type:value` with as many hexadecimal digits as the type has, a file that lists them, or an interpolation.
fn is_checksum(text: &str) -> bool {
    if text.contains("${") {
        return true;
    }
    let Some((kind, value)) = text.split_once(':') else { return false };
    let digits = match kind {
        "file" => return !value.is_empty(),
        "md5" => 32,
        "sha1" => 40,
        "sha256" => 64,
        "sha512" => 128,
        _ => return false,
    };
    value.len() == digits && value.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{escapes, is_checksum};

    #[test]
    fn paths_may_reach_the_shared_directory_and_no_further() {
        for (path, leaves) in [
            ("local/x", false),
            ("local/../x", false),
            ("../../x", true),
            ("local/../../../x", true),
            ("/absolute", false),
        ] {
            assert_eq!(escapes(path), leaves, "{path}");
        }
    }

    #[test]
    fn checksums_have_a_known_type_and_its_length() {
        for (text, fits) in [
            ("md5:d41d8cd98f00b204e9800998ecf8427e", true),
            ("md5:d41d", false),
            ("crc:00", false),
            ("file:https://example.invalid/sums", true),
            ("${meta.sum}", true),
        ] {
            assert_eq!(is_checksum(text), fits, "{text}");
        }
    }
}
