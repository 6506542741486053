//! Colours of the diff tree.
//!
//! Limits: colours the markers of lines that were rendered without; knows nothing about terminals.

const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

/// Returns the tree with coloured markers: green for new, red for removed, yellow for changed.
#[must_use]
pub fn colour_diff(tree: &str) -> String {
    tree.lines().map(colour_line).collect::<Vec<_>>().join("\n")
}

fn colour_line(line: &str) -> String {
    let body = line.trim_start();
    let indent = &line[..line.len() - body.len()];
    let marked = [("+/-", YELLOW), ("+", GREEN), ("-", RED)]
        .into_iter()
        .find_map(|(marker, colour)| Some((marker, colour, body.strip_prefix(marker)?)))
        .filter(|(_, _, rest)| rest.starts_with(' '));
    match marked {
        Some((marker, colour, rest)) => format!("{indent}{colour}{marker}{RESET}{rest}"),
        None => line.to_owned(),
    }
}
