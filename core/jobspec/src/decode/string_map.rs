//! Maps of strings, written as a block, as an attribute, or either.
//!
//! Limits: values convert to strings; null is refused.

use std::collections::BTreeMap;

use model::document::GoMap;

use super::instance::Instance;
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::values::{Kind, Value};

impl Reader<'_> {
    /// Returns a map that may be written as `name { … }` or as `name = { … }`, but once only.
    pub(super) fn string_map(&mut self, name: &'static str) -> Option<GoMap> {
        let attribute = if self.body.is_json() { None } else { self.attribute(name) };
        let instances = self.instances(name, &[]);
        let mut first: Option<Span> = attribute.map(|attribute| attribute.span);
        for instance in &instances {
            match first {
                None => first = Some(instance.block.header),
                Some(before) => {
                    let before = self.decoder.sources.range_text(before);
                    let detail = format!(
                        "{name} may not be defined more than once. Another definition is defined at {before}."
                    );
                    let summary = format!("Duplicate {name} block");
                    self.decoder.report.add(Diagnostic::error(instance.block.kind_span, summary, detail));
                }
            }
        }
        match (attribute, instances.first()) {
            (Some(_), _) => self.string_map_attribute(name),
            (None, Some(instance)) => Some(self.body_map(instance)),
            (None, None) => None,
        }
    }

    /// Returns a map that is written as a block only.
    pub(super) fn string_map_block(&mut self, name: &'static str) -> Option<GoMap> {
        let instance = self.only(name, &[])?;
        Some(self.body_map(&instance))
    }

    /// Returns a map that is written as an attribute only.
    pub(super) fn string_map_attribute(&mut self, name: &'static str) -> Option<GoMap> {
        let (Value::Mapping(_, entries), place) = self.value(name, &Kind::Map(Box::new(Kind::String)))?
        else {
            return None;
        };
        if entries.values().any(|value| *value == Value::Null) {
            self.null(place);
            return None;
        }
        let texts =
            entries.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_text()?.to_string())));
        Some(texts.collect())
    }

    /// Returns the attributes of a block as a map of strings.
    pub(super) fn body_map(&self, instance: &Instance<'_>) -> GoMap {
        let inner = instance.reader(&self.decoder);
        let mut map = GoMap::new();
        for attribute in &instance.body().attributes {
            let mark = self.decoder.report.mark();
            match inner.evaluated(attribute, &Kind::String) {
                Some((value, _)) => {
                    map.extend(value.to_text().map(|text| (attribute.name.to_string(), text.to_string())));
                }
                None if self.decoder.report.mark() == mark => self.null(attribute.expr.start()),
                None => {}
            }
        }
        inner.refuse_blocks();
        map
    }

    /// Returns a block whose attributes are lists of strings.
    pub(super) fn list_map_block(&mut self, name: &'static str) -> Option<BTreeMap<String, Vec<String>>> {
        let instance = self.only(name, &[])?;
        let inner = instance.reader(&self.decoder);
        let mut map = BTreeMap::new();
        for attribute in &instance.body().attributes {
            if let Some((Value::Sequence(_, items), _)) =
                inner.evaluated(attribute, &Kind::list(Kind::String))
            {
                let texts = items.iter().filter_map(Value::to_text).map(|text| text.to_string()).collect();
                map.insert(attribute.name.to_string(), texts);
            }
        }
        inner.refuse_blocks();
        Some(map)
    }

    /// Reports every block in a body that has attributes only.
    fn refuse_blocks(&self) {
        for block in &self.body.blocks {
            let detail = format!("Blocks of type \"{}\" are not expected here.", block.kind);
            let finding = Diagnostic::error(block.kind_span, "Unexpected block", detail)
                .help("this block has arguments only: `name = value`");
            self.decoder.report.add(finding);
        }
    }
}
