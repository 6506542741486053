//! Names of groups: relative, plain, and always below a `nomad…` directory.
//!
//! The check keeps a bad id from ever reaching a foreign group: at most 8 components and 200 bytes.

use super::CgroupError;

const MAX_BYTES: usize = 200;
const MAX_COMPONENTS: usize = 8;

/// The name of a group, relative to the root of every hierarchy, for example `nomad/4f1c…-web`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupName(String);

impl GroupName {
    /// Checks `name`: components of `[A-Za-z0-9._-]`, the first starting with `nomad`.
    ///
    /// # Errors
    /// [`CgroupError::BadName`] with the rule that is broken.
    pub fn new(name: &str) -> Result<Self, CgroupError> {
        let refuse = |reason| Err(CgroupError::BadName { name: name.to_owned(), reason });
        if name.len() > MAX_BYTES {
            return refuse("longer than 200 bytes");
        }
        if !name.starts_with("nomad") {
            return refuse("the first component must start with \"nomad\"");
        }
        if name.split('/').count() > MAX_COMPONENTS {
            return refuse("more than 8 components");
        }
        for component in name.split('/') {
            if component.is_empty() || component.starts_with('.') {
                return refuse("a component is empty or starts with a dot");
            }
            if !component.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
                return refuse("a component has a character outside [A-Za-z0-9._-]");
            }
        }
        Ok(Self(name.to_owned()))
    }

    /// Returns the group `child` below this one.
    ///
    /// # Errors
    /// As [`GroupName::new`].
    pub fn child(&self, child: &str) -> Result<Self, CgroupError> {
        Self::new(&format!("{}/{child}", self.0))
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_below_nomad_are_accepted() {
        for good in ["nomad", "nomad.slice/web-1", "nomad-dev/a/b_c"] {
            assert!(GroupName::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "/", "system.slice", "nomad/../x", "nomad//x", "nomad/a b", "/nomad", "nomad/.", "nomad/a\0"]
        {
            assert!(GroupName::new(bad).is_err(), "{bad:?}");
        }
        assert!(GroupName::new(&format!("nomad/{}", "x".repeat(300))).is_err());
        assert!(GroupName::new("nomad/1/2/3/4/5/6/7/8").is_err());
    }
}
