//! Reports the attributes and blocks that a schema does not have.
//!
//! Limits: the nearest name is looked for among the names of the same block.

use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest_name;
use crate::syntax::{Attribute, Block};

impl Reader<'_> {
    /// Reports everything in the block that was not asked for.
    pub(super) fn finish(self) {
        for attribute in &self.body.attributes {
            let name = attribute.name.as_ref();
            let known = self.attributes.contains(&name)
                || (self.body.is_json() && (self.blocks.contains(&name) || name == "dynamic"));
            if !known {
                self.unknown_attribute(attribute);
            }
        }
        for block in &self.body.blocks {
            let kind = block.kind.as_ref();
            if kind == "dynamic" {
                self.check_dynamic(block);
            } else if !self.blocks.contains(&kind) {
                self.unknown_block(block);
            }
        }
    }

    fn unknown_attribute(&self, attribute: &Attribute) {
        let name = attribute.name.as_ref();
        if self.decoder.report.is_full() {
            self.decoder.report.add(Diagnostic::error(attribute.name_span, "Unsupported argument", name));
            return;
        }
        let mut detail = format!("An argument named \"{name}\" is not expected here.");
        let mut finding = Diagnostic::error(attribute.name_span, "Unsupported argument", "");
        if self.blocks.contains(&name) {
            detail.push_str(&format!(" Did you mean to define a block of type \"{name}\"?"));
            finding = finding.help(format!("write `{name} {{ … }}` without the equals sign"));
        } else if let Some(nearest) = nearest_name(name, self.attributes.iter().copied()) {
            detail.push_str(&format!(" Did you mean \"{nearest}\"?"));
            finding = finding.nearest(Some(nearest)).label("not expected here");
        } else {
            finding = finding.label("not expected here").help(self.expected());
        }
        self.decoder.report.add(Diagnostic { detail, ..finding });
    }

    fn unknown_block(&self, block: &Block) {
        let kind = block.kind.as_ref();
        if self.decoder.report.is_full() {
            self.decoder.report.add(Diagnostic::error(block.kind_span, "Unsupported block type", kind));
            return;
        }
        let mut detail = format!("Blocks of type \"{kind}\" are not expected here.");
        let mut finding = Diagnostic::error(block.kind_span, "Unsupported block type", "");
        if self.attributes.contains(&kind) {
            detail.push_str(&format!(
                " Did you mean to define argument \"{kind}\"? If so, use the equals sign to assign it a value."
            ));
        } else if let Some(nearest) = nearest_name(kind, self.blocks.iter().copied()) {
            detail.push_str(&format!(" Did you mean \"{nearest}\"?"));
            finding = finding.nearest(Some(nearest)).label("not expected here");
        } else {
            finding = finding.label("not expected here").help(self.expected());
        }
        self.decoder.report.add(Diagnostic { detail, ..finding });
    }

    fn check_dynamic(&self, block: &Block) {
        let Some(label) = block.labels.first() else {
            let detail = "All dynamic blocks must have 1 labels (type).";
            self.decoder.report.add(Diagnostic::error(block.body.open, "Missing type for dynamic", detail));
            return;
        };
        if !self.blocks.contains(&label.text.as_ref()) {
            let detail = format!("Blocks of type \"{}\" are not expected here.", label.text);
            let nearest = nearest_name(&label.text, self.blocks.iter().copied());
            let finding = Diagnostic::error(label.span, "Unsupported block type", detail).nearest(nearest);
            self.decoder.report.add(finding);
        }
    }

    /// Returns the names that the block may have, for help when none is near.
    fn expected(&self) -> String {
        let mut names: Vec<&str> = self.attributes.iter().chain(&self.blocks).copied().collect();
        names.sort_unstable();
        names.dedup();
        format!("expected one of: {}", names.join(", "))
    }
}
