//! Blocks without a schema, such as a driver's `config`.
//!
//! A block inside one becomes a list of objects, and so does an object given to an attribute; a list given to
//! an attribute stays as it is. So objects in lists are written as blocks where that gives the same, else as a
//! list. Limits: a lone object comes back as a list of one.

use serde_json::{Map, Value as Json};

use super::WriteError;
use super::body::{BodyWriter, expression};
use super::text::is_name;

impl BodyWriter {
    /// Writes a free-form block.
    pub(super) fn free_form(&mut self, name: &str, object: &Map<String, Json>) -> Result<(), WriteError> {
        self.open(name, None);
        self.free_body(name, object)?;
        self.close();
        Ok(())
    }

    fn free_body(&mut self, block: &str, object: &Map<String, Json>) -> Result<(), WriteError> {
        if let Some(key) = object.iter().find(|(key, value)| !value.is_null() && !is_name(key)) {
            return Err(WriteError::Key { key: key.0.clone(), block: block.to_owned() });
        }
        for (name, value) in object {
            if !value.is_null() && blocks_of(name, value).is_none() {
                self.attribute(name, &expression(value));
            }
        }
        for (name, value) in object {
            for inner in blocks_of(name, value).into_iter().flatten() {
                self.free_form(name, inner)?;
            }
        }
        Ok(())
    }
}

/// Returns the objects that are written as blocks of their own; `None` when the value is an attribute.
fn blocks_of<'a>(name: &str, value: &'a Json) -> Option<Vec<&'a Map<String, Json>>> {
    match value {
        // A block of this name would make blocks of others.
        _ if name == "dynamic" => None,
        Json::Object(object) => Some(vec![object]),
        Json::Array(items) if !items.is_empty() => {
            items.iter().map(|item| item.as_object().filter(|object| reads_as_block(object))).collect()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => None,
    }
}

/// Says whether an object comes back unchanged from a block.
fn reads_as_block(object: &Map<String, Json>) -> bool {
    object.iter().all(|(key, value)| is_name(key) && !value.is_null() && !value.is_object())
}
