//! The names that `for` expressions and dynamic blocks bind.
//!
//! Limits: variables and locals are not here; the environment holds them.

use std::rc::Rc;

use crate::values::Value;

/// A chain of bound names, innermost first; cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    innermost: Option<Rc<Binding>>,
}

#[derive(Debug)]
struct Binding {
    name: Rc<str>,
    value: Value,
    outer: Option<Rc<Binding>>,
}

impl Scope {
    /// Returns this scope with one more name.
    pub(crate) fn with(&self, name: Rc<str>, value: Value) -> Scope {
        let binding = Binding { name, value, outer: self.innermost.clone() };
        Scope { innermost: Some(Rc::new(binding)) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let mut binding = self.innermost.as_deref();
        while let Some(bound) = binding {
            if bound.name.as_ref() == name {
                return Some(&bound.value);
            }
            binding = bound.outer.as_deref();
        }
        None
    }
}
