//! Blocks without a schema: driver configuration, scaling policies, proxy configuration.
//!
//! Nested blocks become lists of objects under their type, labels become nested maps in one-element
//! lists, and objects given as attributes become one-element lists too. Limits: what is inside is for
//! the driver to check.

use std::collections::BTreeMap;

use model::document::Any;
use serde_json::{Map, Value as Json};

use super::instance::{BlockRef, Instance};
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::functions::value_to_json;
use crate::syntax::Block;
use crate::values::{Kind, Value};

impl Reader<'_> {
    /// Returns the only block of that type as a free-form object.
    pub(super) fn free_form(&mut self, kind: &'static str) -> Option<Any> {
        let instance = self.only(kind, &[])?;
        Some(Any(Json::Object(self.object_of(&instance))))
    }

    fn object_of(&self, instance: &Instance<'_>) -> Map<String, Json> {
        let inner = instance.reader(&self.decoder);
        let mut object = Map::new();
        for attribute in &instance.body().attributes {
            if let Some((value, _)) = inner.evaluated(attribute, &Kind::Any) {
                object.insert(attribute.name.to_string(), wrapped(&value));
            }
        }
        let mut kinds: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
        for block in &instance.body().blocks {
            let kind = match block.kind.as_ref() {
                "dynamic" => block.labels.first().map_or("", |label| &label.text),
                kind => kind,
            };
            kinds.entry(kind).or_default().push(block);
        }
        for (kind, blocks) in kinds {
            let items = inner.free_instances(&blocks);
            let items = items.iter().map(|instance| self.labelled_object(instance)).collect();
            object.insert(kind.to_owned(), Json::Array(items));
        }
        object
    }

    fn labelled_object(&self, instance: &Instance<'_>) -> Json {
        let content = Json::Object(self.object_of(instance));
        instance.labels.iter().rev().fold(content, |inner, label| {
            Json::Object(Map::from_iter([(label.text.to_string(), Json::Array(vec![inner]))]))
        })
    }

    /// Returns blocks that no schema names, dynamic ones expanded; each counts as one of the job's.
    fn free_instances<'b>(&self, blocks: &[&'b Block]) -> Vec<Instance<'b>> {
        let mut found = Vec::new();
        for block in blocks {
            if block.kind.as_ref() == "dynamic" {
                self.expand(block, usize::MAX, &mut found);
                continue;
            }
            match self.decoder.evaluator.budget.block() {
                Ok(()) => found.push(Instance::plain(BlockRef::Written(block), self.scope.clone())),
                Err(error) => {
                    let finding = Diagnostic::error(block.kind_span, "Job too large", format!("{error}."));
                    self.decoder.report.add(finding);
                    return found;
                }
            }
        }
        found
    }
}

/// Returns the JSON of an attribute's value, with objects in one-element lists.
fn wrapped(value: &Value) -> Json {
    let Value::Mapping(_, entries) = value else { return value_to_json(value) };
    let entries = entries.iter().filter(|(_, value)| **value != Value::Null);
    let object = entries.map(|(name, value)| (name.to_string(), wrapped(value)));
    Json::Array(vec![Json::Object(object.collect())])
}
