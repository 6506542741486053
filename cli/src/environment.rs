//! Environment variables.
//!
//! Purpose: a copy that tests can fill, so that no test depends on the machine it runs on.
//! Limits: names and values that are no UTF-8 are left out.

use std::collections::BTreeMap;

/// The variables of a process.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Copies the variables of this process.
    #[must_use]
    pub fn from_process() -> Environment {
        let known = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Environment { variables: known.collect() }
    }

    /// Makes an environment of the given variables.
    #[must_use]
    pub fn of<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Environment
    where
        K: Into<String>,
        V: Into<String>,
    {
        let owned = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Environment { variables: owned.collect() }
    }

    /// Returns a variable that is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns a switch: `None` when it is not set or no boolean.
    #[must_use]
    pub fn switch(&self, name: &str) -> Option<bool> {
        crate::go_flags::parse_bool(self.get(name)?)
    }

    /// Returns all variables.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
