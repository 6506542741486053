//! Constraints, affinities, spreads.

use std::collections::BTreeSet;

use super::Problems;
use crate::{Affinity, Constraint, Spread};

/// Where a constraint stands, which decides what it may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Job,
    Group,
    Task,
    Device,
}

/// Bytes that a compiled pattern may take: whoever places the job compiles it again.
const LARGEST_PATTERN: usize = 1 << 20;
/// Characters that are told of why a pattern does not compile.
const MAX_WORDS: usize = 1_000;

const OPERANDS: [&str; 19] = [
    "=",
    "==",
    "is",
    "!=",
    "not",
    "<",
    "<=",
    ">",
    ">=",
    "regexp",
    "version",
    "semver",
    "set_contains",
    "set_contains_all",
    "set_contains_any",
    "is_set",
    "is_not_set",
    "distinct_hosts",
    "distinct_property",
];

/// Checks constraints of one level.
pub(super) fn check_all(constraints: &[Constraint], level: Level, problems: &mut Problems) {
    for (at, constraint) in (1..).zip(constraints) {
        let mut inner = Problems::default();
        check(constraint, level, &mut inner);
        problems.nest(&format!("Constraint {at}"), &inner);
    }
}

fn check(constraint: &Constraint, level: Level, problems: &mut Problems) {
    let operand = constraint.operand.as_str();
    problems.add_if(operand.is_empty(), || "Missing constraint operand".to_owned());
    problems.add_if(!operand.is_empty() && !OPERANDS.contains(&operand), || {
        format!("Unknown constraint type {operand:?}")
    });
    problems.add_if(operand != "distinct_hosts" && constraint.ltarget.is_empty(), || {
        format!("No LTarget provided but is required by constraint {operand:?}")
    });
    let distinct = operand == "distinct_hosts" || operand == "distinct_property";
    problems.add_if(distinct && matches!(level, Level::Task | Level::Device), || {
        format!("Disallowed constraint {operand:?}: it must be set on the job or group")
    });
    let needs_right =
        ["=", "==", "is", "<", "<=", ">", ">=", "set_contains", "set_contains_all", "set_contains_any"];
    problems.add_if(needs_right.contains(&operand) && constraint.rtarget.is_empty(), || {
        format!("Operator {operand:?} requires an RTarget")
    });
    problems.add_if(operand.starts_with("is_") && !constraint.rtarget.is_empty(), || {
        format!("Operator {operand:?} does not support an RTarget")
    });
    let right = constraint.rtarget.as_str();
    if operand == "distinct_property" && !right.is_empty() {
        match right.parse::<u64>() {
            Ok(0) => problems.add("Distinct Property must have an allowed count of 1 or greater: 0 < 1"),
            Ok(_) => {}
            Err(_) => problems.add(format!(
                "Failed to convert RTarget {right:?} to uint64: strconv.ParseUint: parsing {right:?}: invalid syntax"
            )),
        }
    }
    right_side(operand, right, problems);
    problems.add_if(!is_known_target(&constraint.ltarget), || {
        format!("Invalid constraint attribute {:?}: node, attr, meta and device exist", constraint.ltarget)
    });
}

/// Checks a value that its operand gives a form.
fn right_side(operand: &str, right: &str, problems: &mut Problems) {
    if operand == "regexp"
        && !right.contains("${")
        && let Err(error) = regex::RegexBuilder::new(right).size_limit(LARGEST_PATTERN).build()
    {
        // The words quote the pattern, which may be long.
        let words: String = error.to_string().chars().take(MAX_WORDS).collect();
        problems.add(format!("Regular expression failed to compile: {words}"));
    }
    problems.add_if((operand == "version" || operand == "semver") && !is_version_rule(right), || {
        format!("Version constraint is invalid: Malformed constraint: {right}")
    });
}

/// Whether a text is a list of versions with operators, such as `>= 1.2, < 2.0-beta1`.
fn is_version_rule(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.contains("${")
        || text.split(',').all(|rule| {
            let version = rule.trim().trim_start_matches(['=', '!', '<', '>', '~']).trim();
            let version = version.strip_prefix('v').unwrap_or(version);
            let numbers = version.split(['-', '+']).next().unwrap_or("");
            numbers.split('.').all(is_number)
        })
}

/// Whether a target is plain text or names something that exists.
fn is_known_target(target: &str) -> bool {
    const EXACT: [&str; 5] =
        ["${node.unique.id}", "${node.unique.name}", "${node.datacenter}", "${node.class}", "${node.pool}"];
    !target.contains("${")
        || EXACT.contains(&target)
        || ["${attr.", "${meta.", "${device."].iter().any(|prefix| target.starts_with(prefix))
}

/// Checks affinities.
pub(super) fn check_affinities(affinities: &[Affinity], problems: &mut Problems) {
    for (at, affinity) in (1..).zip(affinities) {
        let mut inner = Problems::default();
        let operand = affinity.operand.as_str();
        let allowed =
            OPERANDS.contains(&operand) && !operand.starts_with("distinct_") && !operand.starts_with("is_");
        inner.add_if(!allowed, || format!("Unknown affinity operator {operand:?}"));
        inner.add_if(affinity.ltarget.is_empty(), || "No LTarget provided but is required".to_owned());
        let needs_right = operand.starts_with("set_contains") || operand.starts_with(['<', '>']);
        inner.add_if(needs_right && affinity.rtarget.is_empty(), || {
            format!("Operator {operand:?} requires an RTarget")
        });
        right_side(operand, &affinity.rtarget, &mut inner);
        inner.add_if(!is_known_target(&affinity.ltarget), || {
            format!("Invalid affinity attribute {:?}: node, attr, meta and device exist", affinity.ltarget)
        });
        inner.add_if(affinity.weight == 0, || "Affinity weight cannot be zero".to_owned());
        inner.add_if(!(-100..=100).contains(&affinity.weight), || {
            "Affinity weight must be within the range [-100,100]".to_owned()
        });
        problems.nest(&format!("Affinity {at}"), &inner);
    }
}

/// Checks spreads.
pub(super) fn check_spreads(spreads: &[Spread], problems: &mut Problems) {
    for (at, spread) in (1..).zip(spreads) {
        let mut inner = Problems::default();
        inner.add_if(spread.attribute.is_empty(), || "Missing spread attribute".to_owned());
        inner.add_if(!(1..=100).contains(&spread.weight), || {
            "Spread block must have a positive weight from 0 to 100".to_owned()
        });
        let mut values = BTreeSet::new();
        for target in &spread.targets {
            inner.add_if(!values.insert(&target.value), || {
                format!("Spread target value {:?} already defined", target.value)
            });
            inner.add_if(target.percent > 100, || {
                format!("Spread target percentage for value {:?} must be between 0 and 100", target.value)
            });
        }
        let sum: u32 = spread.targets.iter().map(|target| u32::from(target.percent)).sum();
        inner.add_if(sum > 100, || {
            format!("Sum of spread target percentages must not be greater than 100%; got {sum}%")
        });
        problems.nest(&format!("Spread {at}"), &inner);
    }
}
