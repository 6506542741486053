//! Recordings: a request, and what the real thing answered.

use std::path::PathBuf;

use serde_json::Value;

use super::populate::{Answer, World};
use super::shape::{Rules, differences};

/// A file of the test data.
pub(super) fn testdata(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path)
}

/// A recorded exchange.
pub(super) struct Recording {
    name: String,
    document: Value,
}

impl Recording {
    pub(super) fn load(name: &str) -> Recording {
        let path = testdata(&format!("api/{name}.json"));
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Recording { name: name.to_owned(), document: serde_json::from_str(&text).unwrap() }
    }

    /// What was answered.
    pub(super) fn body(&self) -> &Value {
        &self.document["response"]["body"]
    }

    /// What was sent.
    pub(super) fn request_body(&self) -> &Value {
        &self.document["request"]["body"]
    }

    /// The path that was asked for.
    pub(super) fn path(&self) -> &str {
        self.document["request"]["path"].as_str().unwrap()
    }

    /// Sends the request again, to `path` where that holds ids of the recording.
    pub(super) async fn send(&self, world: &World, path: Option<&str>) -> Answer {
        let request = &self.document["request"];
        let body = match &request["body"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        world.ask(request["method"].as_str().unwrap(), path.unwrap_or(self.path()), body).await
    }

    /// Says in what the answer differs from the recorded one: status, type, and the text or the shape of the
    /// body.
    pub(super) fn differences(&self, answer: &Answer, rules: Rules<'_>) -> Vec<String> {
        let response = &self.document["response"];
        let mut found = Vec::new();
        if response["status"] != answer.status {
            found.push(format!("status: want {}, got {} {}", response["status"], answer.status, answer.text));
            return self.named(found);
        }
        let json = response["body_encoding"] == "json";
        let content_type = if json { "application/json" } else { "text/plain; charset=utf-8" };
        let has_body = !answer.text.is_empty();
        if has_body && answer.content_type != content_type {
            found.push(format!("content type {}", answer.content_type));
        }
        if json {
            found.extend(differences(self.body(), &answer.json(), rules));
        } else {
            let want = self.body().as_str().unwrap_or("");
            if want.trim_end() != answer.text.trim_end() {
                found.push(format!("want {want:?}\n    got  {:?}", answer.text));
            }
        }
        self.named(found)
    }

    fn named(&self, found: Vec<String>) -> Vec<String> {
        found.into_iter().map(|difference| format!("{}: {difference}", self.name)).collect()
    }
}
