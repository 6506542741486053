//! A draft job to the text of a job file.
//!
//! Limits: one job, without variables and locals.

use model::document::Document;
use model::{Job, JobDraft};
use serde_json::Value as Json;

use super::body::BodyWriter;
use super::text::quoted;
use crate::format::layout;

/// Most bytes of a text that is written.
const MOST_BYTES: u64 = 64 << 20;

/// Why a job cannot be written as HCL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A block takes only names as keys, and this is none.
    #[error("HCL has no way to write the key {key:?} of {block}")]
    Key {
        /// The key.
        key: String,
        /// The block that has it.
        block: String,
    },
    /// The text would be longer than any that is read.
    #[error("the job takes more than {MOST_BYTES} bytes of HCL")]
    TooLarge,
}

/// Returns the text of a job file that means `job`.
///
/// Fields that only a server fills in are left out, and so are those that say nothing: `null` in free-form
/// blocks, empty lists of blocks. An object directly below a free-form block is written as a block, which
/// drivers read alike.
///
/// # Errors
/// Names what HCL cannot say.
pub fn write_job(job: &JobDraft) -> Result<String, WriteError> {
    let json = job.to_json();
    let id = json.get("ID").and_then(Json::as_str).unwrap_or_default();
    let mut writer = BodyWriter::default();
    writer.open("job", Some(id));
    if json.get("Name").and_then(Json::as_str).is_some_and(|name| name != id) {
        writer.attribute("name", &quoted(json["Name"].as_str().unwrap_or_default()));
    }
    writer.document("job", Job::fields(), &json)?;
    writer.close();
    layout(&writer.text, MOST_BYTES).ok_or(WriteError::TooLarge)
}
