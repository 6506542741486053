//! `constraint`, `affinity` and `spread`.
//!
//! Limits: operands are checked by validation; here only the shorthand forms are unfolded.

use model::{AffinityDraft, ConstraintDraft, SpreadDraft, SpreadTargetDraft};

use super::reader::Reader;

/// The shorthand keys of a constraint that name its operand.
const OPERANDS: [&str; 4] = ["version", "semver", "regexp", "set_contains"];

/// Keys that Nomad accepts in a constraint and then ignores; they must be written as `operator`.
const IGNORED: [&str; 4] = ["set_contains_all", "set_contains_any", "is_set", "is_not_set"];

pub(super) fn constraint(reader: &mut Reader<'_>) -> ConstraintDraft {
    let mut draft = ConstraintDraft {
        ltarget: reader.text("attribute"),
        rtarget: reader.text("value"),
        operand: reader.text("operator"),
    };
    for operand in OPERANDS {
        if let Some(value) = reader.text(operand) {
            draft.operand = Some(operand.to_owned());
            draft.rtarget = Some(value);
        }
    }
    for ignored in IGNORED {
        reader.ignored(ignored);
    }
    if let Some(distinct) = reader.flag("distinct_hosts") {
        draft.operand = Some("distinct_hosts".to_owned());
        draft.rtarget = Some(distinct.to_string());
    }
    if let Some(attribute) = reader.text("distinct_property") {
        draft.operand = Some("distinct_property".to_owned());
        draft.ltarget = Some(attribute);
    }
    draft.operand = Some(or_equals(draft.operand));
    draft
}

pub(super) fn affinity(reader: &mut Reader<'_>) -> AffinityDraft {
    let mut draft = AffinityDraft {
        ltarget: reader.text("attribute"),
        rtarget: reader.text("value"),
        operand: reader.text("operator"),
        weight: reader.number("weight"),
    };
    for operand in ["version", "semver", "regexp", "set_contains", "set_contains_any", "set_contains_all"] {
        if let Some(value) = reader.text(operand) {
            draft.operand = Some(operand.to_owned());
            draft.rtarget = Some(value);
        }
    }
    draft.operand = Some(or_equals(draft.operand));
    draft
}

fn or_equals(operand: Option<String>) -> String {
    operand.filter(|operand| !operand.is_empty()).unwrap_or_else(|| "=".to_owned())
}

pub(super) fn spread(reader: &mut Reader<'_>) -> SpreadDraft {
    SpreadDraft {
        attribute: reader.text("attribute"),
        weight: reader.number("weight"),
        targets: reader.labelled("target", |reader, value| SpreadTargetDraft {
            value: Some(value.to_owned()),
            percent: reader.number("percent"),
        }),
    }
}
