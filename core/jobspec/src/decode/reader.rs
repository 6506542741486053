//! Reads the content of one block by name and reports what nobody asked for.
//!
//! Limits: names are compared exactly. A reader must be finished, or unknown names go unnoticed;
//! `single`, `list` and `labelled` do that for the blocks they open.

use std::rc::Rc;

use super::instance::{BlockRef, Decoder, Instance};
use crate::diagnostic::Diagnostic;
use crate::evaluate::Scope;
use crate::span::Span;
use crate::syntax::{Attribute, Body, json_blocks};

/// The content of one block.
pub(crate) struct Reader<'a> {
    pub(super) body: &'a Body,
    pub(super) scope: Scope,
    pub(super) decoder: Decoder<'a>,
    pub(super) attributes: Vec<&'static str>,
    pub(super) blocks: Vec<&'static str>,
}

/// How many labels a block has, and their names.
pub(super) type LabelNames = &'static [&'static str];

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a Body, scope: Scope, decoder: Decoder<'a>) -> Reader<'a> {
        Reader { body, scope, decoder, attributes: Vec::new(), blocks: Vec::new() }
    }

    /// Returns the attribute of that name and remembers that the name is known.
    pub(super) fn attribute(&mut self, name: &'static str) -> Option<&'a Attribute> {
        self.attributes.push(name);
        self.body.attributes.iter().find(|attribute| attribute.name.as_ref() == name)
    }

    /// Reports that a required attribute is missing.
    pub(super) fn require(&mut self, name: &str) {
        if self.body.attributes.iter().all(|attribute| attribute.name.as_ref() != name) {
            let detail = format!("The argument \"{name}\" is required, but no definition was found.");
            let place = self.body.open.before();
            self.decoder.report.add(Diagnostic::error(place, "Missing required argument", detail));
        }
    }

    /// Returns all blocks of that type, dynamic ones expanded, in the order of the file.
    pub(super) fn instances(&mut self, kind: &'static str, labels: LabelNames) -> Vec<Instance<'a>> {
        self.blocks.push(kind);
        let mut found = Vec::new();
        for block in &self.body.blocks {
            if block.kind.as_ref() == kind {
                found.push(Instance::plain(BlockRef::Written(block), self.scope.clone()));
            } else if block.kind.as_ref() == "dynamic"
                && block.labels.first().is_some_and(|label| label.text.as_ref() == kind)
            {
                self.expand(block, labels.len(), &mut found);
            }
        }
        if self.body.is_json() {
            self.json_instances(kind, labels, &mut found);
        }
        let decoder = self.decoder;
        found.retain(|instance| decoder.check_instance(instance, kind, labels));
        found
    }

    fn json_instances(&mut self, kind: &'static str, labels: LabelNames, found: &mut Vec<Instance<'a>>) {
        let report = self.decoder.report;
        for attribute in &self.body.attributes {
            let name = attribute.name.as_ref();
            if name == kind {
                let blocks = json_blocks(attribute, labels.len(), report).unwrap_or_default();
                found.extend(
                    blocks
                        .into_iter()
                        .map(|block| Instance::plain(BlockRef::Made(Rc::new(block)), self.scope.clone())),
                );
            } else if name == "dynamic" {
                let blocks = json_blocks(attribute, 1, report).unwrap_or_default();
                for block in blocks
                    .iter()
                    .filter(|block| block.labels.first().is_some_and(|label| label.text.as_ref() == kind))
                {
                    self.expand(block, labels.len(), found);
                }
            }
        }
    }

    /// Returns the only block of that type; a second one is reported.
    pub(super) fn only(&mut self, kind: &'static str, labels: LabelNames) -> Option<Instance<'a>> {
        let mut instances = self.instances(kind, labels).into_iter();
        let first = instances.next()?;
        for other in instances {
            let before = self.decoder.sources.range_text(first.block.kind_span);
            let detail = format!("Only one {kind} block is allowed. Another was defined at {before}.");
            let summary = format!("Duplicate {kind} block");
            self.decoder.report.add(Diagnostic::error(other.block.kind_span, summary, detail));
        }
        Some(first)
    }

    /// Decodes the only block of that type.
    pub(super) fn single<T>(&mut self, kind: &'static str, decode: fn(&mut Reader<'_>) -> T) -> Option<T> {
        let instance = self.only(kind, &[])?;
        Some(self.decoder.decode(&instance, decode))
    }

    /// Decodes all blocks of that type; `None` when there are none.
    pub(super) fn list<T>(&mut self, kind: &'static str, decode: fn(&mut Reader<'_>) -> T) -> Option<Vec<T>> {
        let instances = self.instances(kind, &[]);
        let decoded: Vec<T> =
            instances.iter().map(|instance| self.decoder.decode(instance, decode)).collect();
        (!decoded.is_empty()).then_some(decoded)
    }

    /// Decodes all blocks of that type, which have a name as label; `None` when there are none.
    pub(super) fn labelled<T>(
        &mut self,
        kind: &'static str,
        decode: fn(&mut Reader<'_>, &str) -> T,
    ) -> Option<Vec<T>> {
        let instances = self.instances(kind, &["name"]);
        let decoded: Vec<T> =
            instances.iter().map(|instance| self.decoder.decode_labelled(instance, decode)).collect();
        (!decoded.is_empty()).then_some(decoded)
    }
}

impl Decoder<'_> {
    /// Opens a block, decodes it and reports what is unknown in it.
    pub(super) fn decode<T>(&self, instance: &Instance<'_>, decode: fn(&mut Reader<'_>) -> T) -> T {
        let mut reader = instance.reader(self);
        let decoded = decode(&mut reader);
        reader.finish();
        decoded
    }

    /// As [`Decoder::decode`], for a block whose label is a name.
    pub(crate) fn decode_labelled<T>(
        &self,
        instance: &Instance<'_>,
        decode: fn(&mut Reader<'_>, &str) -> T,
    ) -> T {
        let mut reader = instance.reader(self);
        let decoded = decode(&mut reader, instance.label());
        reader.finish();
        decoded
    }

    /// Checks the labels of a block and counts it; false when it cannot be decoded.
    pub(crate) fn check_instance(&self, instance: &Instance<'_>, kind: &str, names: &[&str]) -> bool {
        let open = instance.body().open;
        if let Err(error) = self.evaluator.budget.block() {
            self.report.add(Diagnostic::error(
                instance.block.kind_span,
                "Job too large",
                format!("{error}."),
            ));
            return false;
        }
        if let Some(extra) = instance.labels.get(names.len()) {
            let detail = if names.is_empty() {
                format!("No labels are expected for {kind} blocks.")
            } else {
                format!("Only {} labels ({}) are expected for {kind} blocks.", names.len(), names.join(", "))
            };
            self.report.add(Diagnostic::error(extra.span, format!("Extraneous label for {kind}"), detail));
            return false;
        }
        if let Some(missing) = names.get(instance.labels.len()) {
            let detail =
                format!("All {kind} blocks must have {} labels ({}).", names.len(), names.join(", "));
            let place = Span { end: open.start + 1, ..open };
            self.report.add(Diagnostic::error(place, format!("Missing {missing} for {kind}"), detail));
            return false;
        }
        true
    }
}
