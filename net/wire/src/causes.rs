//! An error with its causes, for people.
//!
//! Limits: one line; a cause that the text before it quotes already is left out.

use std::error::Error;

/// Returns the text of an error and of its causes, joined by colons.
#[must_use]
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }

    fn layer(text: &'static str, source: Option<Layer>) -> Layer {
        Layer { text, source: source.map(Box::new) }
    }

    #[test]
    fn each_cause_is_said_once() {
        let error = layer("cannot dial: refused", Some(layer("refused", Some(layer("no route", None)))));
        assert_eq!(with_causes(&error), "cannot dial: refused: no route");
    }
}
