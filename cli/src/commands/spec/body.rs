//! Attributes and blocks of one thing.

use std::collections::BTreeMap;

use hcl::{Block, Body, Expression};

use crate::CommandError;
use crate::format::nearest;

/// The body of a file or of a block.
#[derive(Debug)]
pub(in crate::commands) struct Spec {
    /// The file, for errors.
    file: String,
    /// Where in the file, for errors: empty, or `block: `.
    place: String,
    body: Body,
}

impl Spec {
    /// Parses a file.
    pub(in crate::commands) fn parse(file: &str, text: &str) -> Result<Spec, CommandError> {
        let body = hcl::parse(text)
            .map_err(|error| CommandError::failed(format!("Error parsing {file}: {error}")))?;
        Ok(Spec { file: file.to_owned(), place: String::new(), body })
    }

    /// The only block of the file, which has to be of a kind and have one label.
    pub(in crate::commands) fn only_block(&self, kind: &str) -> Result<(String, Spec), CommandError> {
        self.check_names(&[], &[kind])?;
        let mut blocks = self.body.blocks();
        match (blocks.next(), blocks.next()) {
            (Some(block), None) => match block.labels() {
                [label] => Ok((label.as_str().to_owned(), self.inner(block))),
                _ => Err(self.error(&format!("a {kind} block has one label, its name"))),
            },
            _ => Err(self.error(&format!("it must hold one {kind} block"))),
        }
    }

    /// Refuses attributes and blocks with other names.
    pub(in crate::commands) fn check_names(
        &self,
        attributes: &[&str],
        blocks: &[&str],
    ) -> Result<(), CommandError> {
        let given = self.body.attributes().map(hcl::Attribute::key);
        // Maps may be written in either way.
        let known: Vec<&str> = attributes.iter().chain(blocks).copied().collect();
        for name in given.chain(self.body.blocks().map(Block::identifier)) {
            if !known.contains(&name) {
                let near = nearest(name, known.iter().copied());
                let near = near.map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
                return Err(self.error(&format!("there is no {name:?} here{near}")));
            }
        }
        Ok(())
    }

    /// A text, if it is given.
    pub(in crate::commands) fn text(&self, name: &str) -> Result<Option<String>, CommandError> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Expression::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(name, &"a string in quotes is needed")),
        }
    }

    /// A switch, if it is given.
    pub(in crate::commands) fn flag(&self, name: &str) -> Result<Option<bool>, CommandError> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Expression::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(name, &"true or false is needed")),
        }
    }

    /// A list of texts; empty if it is not given.
    pub(in crate::commands) fn texts(&self, name: &str) -> Result<Vec<String>, CommandError> {
        let needed = || self.wrong(name, &"a list of strings is needed");
        match self.attribute(name) {
            None => Ok(Vec::new()),
            Some(Expression::Array(items)) => {
                items.iter().map(|item| literal(item).ok_or_else(needed)).collect()
            }
            Some(_) => Err(needed()),
        }
    }

    /// A map of texts, written as a block or as an attribute; empty if it is not given.
    pub(in crate::commands) fn map(&self, name: &str) -> Result<BTreeMap<String, String>, CommandError> {
        let needed = || self.wrong(name, &"strings, numbers or booleans are needed");
        if let Some(block) = self.block(name)? {
            let pairs = block.body.attributes();
            let pair = |one: &hcl::Attribute| {
                literal(one.expr()).map(|value| (one.key().to_owned(), value)).ok_or_else(needed)
            };
            return pairs.map(pair).collect();
        }
        match self.attribute(name) {
            None => Ok(BTreeMap::new()),
            Some(Expression::Object(object)) => object
                .iter()
                .map(|(key, value)| Ok((key.to_string(), literal(value).ok_or_else(needed)?)))
                .collect(),
            Some(_) => Err(needed()),
        }
    }

    /// A block that may be given once.
    pub(in crate::commands) fn block(&self, kind: &str) -> Result<Option<Spec>, CommandError> {
        let mut blocks = self.body.blocks().filter(|block| block.identifier() == kind);
        let first = blocks.next().map(|block| self.inner(block));
        if blocks.next().is_some() {
            return Err(self.error(&format!("there is more than one {kind} block")));
        }
        Ok(first)
    }

    /// What is wrong with a value.
    pub(in crate::commands) fn wrong(&self, name: &str, problem: &dyn std::fmt::Display) -> CommandError {
        self.error(&format!("{name}: {problem}"))
    }

    fn inner(&self, block: &Block) -> Spec {
        let place = format!("{}{}: ", self.place, block.identifier());
        Spec { file: self.file.clone(), place, body: block.body().clone() }
    }

    fn attribute(&self, name: &str) -> Option<&Expression> {
        self.body.attributes().find(|one| one.key() == name).map(hcl::Attribute::expr)
    }

    fn error(&self, problem: &str) -> CommandError {
        CommandError::failed(format!("Error parsing {}: {}{problem}", self.file, self.place))
    }
}

/// A literal as a text.
fn literal(value: &Expression) -> Option<String> {
    match value {
        Expression::String(text) => Some(text.clone()),
        Expression::Number(number) => Some(number.to_string()),
        Expression::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_name_the_file_and_the_place() {
        let problem = |text: &str| {
            let spec = Spec::parse("ns.hcl", text)?;
            spec.check_names(&["name"], &["meta", "capabilities"])?;
            spec.text("name")?;
            spec.map("meta")?;
            let block = spec.block("capabilities")?;
            block.map(|block| block.texts("enabled_task_drivers")).transpose()
        };
        for (text, expected) in [
            ("nmae = \"x\"", "Error parsing ns.hcl: there is no \"nmae\" here; did you mean \"name\"?"),
            ("name = 7", "Error parsing ns.hcl: name: a string in quotes is needed"),
            ("meta {}\nmeta {}", "Error parsing ns.hcl: there is more than one meta block"),
            ("meta { a = [1] }", "Error parsing ns.hcl: meta: strings, numbers or booleans are needed"),
            (
                "capabilities {\n  enabled_task_drivers = \"docker\"\n}",
                "Error parsing ns.hcl: capabilities: enabled_task_drivers: a list of strings is needed",
            ),
        ] {
            assert_eq!(problem(text).unwrap_err().message, expected);
        }
        assert!(problem("name = ").unwrap_err().message.contains("-->"), "syntax errors show the line");
    }
}
