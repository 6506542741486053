//! Blocks without a schema: driver configuration, scaling policies, proxy configuration.
//!
//! Nested blocks become lists of objects under their type, labels become nested maps in one-element
//! lists, and objects given as attributes become one-element lists too. Limits: what is inside is for
//! the driver to check.

use model::document::Any;
use serde_json::{Map, Value as Json};

use super::instance::Instance;
use super::reader::Reader;
use crate::functions::value_to_json;
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
        let mut kinds: Vec<&str> = Vec::new();
        for block in &instance.body().blocks {
            let kind = match block.kind.as_ref() {
                "dynamic" => block.labels.first().map_or("", |label| &label.text),
                kind => kind,
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        for kind in kinds {
            let items: Vec<Json> =
                inner.free_instances(kind).iter().map(|instance| self.labelled_object(instance)).collect();
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

    /// Returns the blocks of a type that no schema names.
    fn free_instances(&self, kind: &str) -> Vec<Instance<'_>> {
        let mut found = Vec::new();
        for block in &self.body.blocks {
            if block.kind.as_ref() == kind {
                found.push(Instance::plain(std::borrow::Cow::Borrowed(block), self.scope.clone()));
            } else if block.kind.as_ref() == "dynamic"
                && block.labels.first().is_some_and(|label| label.text.as_ref() == kind)
            {
                self.expand(block, usize::MAX, &mut found);
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
