//! Problems, nested, and their text.

/// What is wrong with a job, and what is only doubtful.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub(super) errors: Problems,
    /// What is doubtful.
    pub warnings: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// All errors as one text: a count, then one line each.
    #[must_use]
    pub fn error_text(&self) -> Option<String> {
        (!self.is_valid()).then(|| self.errors.text())
    }

    /// The errors one by one; those of a group or task begin with its name.
    #[must_use]
    pub fn flat_errors(&self) -> Vec<String> {
        self.errors.0.clone()
    }
}

/// Problems of one level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::job) struct Problems(Vec<String>);

impl Problems {
    /// Adds one.
    pub(in crate::job) fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Adds one if `wrong`.
    pub(in crate::job) fn add_if(&mut self, wrong: bool, text: impl FnOnce() -> String) {
        if wrong {
            self.0.push(text());
        }
    }

    /// Adds those of a part, under its name.
    pub(in crate::job) fn nest(&mut self, name: &str, inner: &Self) {
        self.nest_as("validation failed", name, inner);
    }

    /// Adds those of a part, under its name, with other words than [`Self::nest`].
    pub(super) fn nest_as(&mut self, words: &str, name: &str, inner: &Self) {
        if !inner.0.is_empty() {
            self.0.push(format!("{name} {words}: {}", inner.text()));
        }
    }

    /// Adds those of a part that has no name.
    pub(super) fn nest_unnamed(&mut self, inner: &Self) {
        if !inner.0.is_empty() {
            self.0.push(inner.text());
        }
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems one by one.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// All of them as one text: a count, then one line each.
    pub(super) fn text(&self) -> String {
        let noun = if self.0.len() == 1 {
            "1 error occurred".to_owned()
        } else {
            format!("{} errors occurred", self.0.len())
        };
        let lines: String = self.0.iter().map(|line| format!("\t* {line}\n")).collect();
        format!("{noun}:\n{lines}\n")
    }
}
