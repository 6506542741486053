//! Short texts that many records repeat, such as task names and status sentences: one copy of each.
//!
//! Sharing changes no value. At most [`MAX_TEXTS`] texts of at most [`MAX_BYTES`] are kept, the first that came.

use imbl::OrdSet;
use model::{Alloc, Name};

/// Texts that are kept.
const MAX_TEXTS: usize = 4_096;
/// Longest text that is kept, in bytes.
const MAX_BYTES: usize = 128;

/// One copy of every text that many records repeat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(OrdSet<Name>);

impl Texts {
    /// Replaces a text by the copy that is kept.
    pub(crate) fn share(&mut self, text: &mut Name) {
        if text.len() > MAX_BYTES {
            return;
        }
        if let Some(kept) = self.0.get(&**text) {
            *text = Name::clone(kept);
        } else if self.0.len() < MAX_TEXTS {
            self.0.insert(Name::clone(text));
        }
    }

    /// Shares the texts of a client's report.
    pub(crate) fn share_report(&mut self, alloc: &mut Alloc) {
        self.share(&mut alloc.client_description);
        let tasks = std::sync::Arc::make_mut(&mut alloc.tasks);
        *tasks = std::mem::take(tasks)
            .into_iter()
            .map(|(mut name, state)| {
                self.share(&mut name);
                (name, state)
            })
            .collect();
    }
}
