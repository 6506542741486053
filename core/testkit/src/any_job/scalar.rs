//! Values that are no documents: texts with everything that is awkward in a job file, numbers, free-form objects.

use model::document::Leaf;
use serde_json::{Map, Value as Json, json};

use super::seed::Seed;

/// Pieces that texts are put together from.
const PIECES: [&str; 34] = [
    "a",
    "web",
    "10.0.0.1",
    " ",
    "  ",
    "-",
    "/",
    "\"",
    "\\",
    "\n",
    "\n\n",
    "\t",
    "\r\n",
    "#",
    "//",
    "/*",
    "é",
    "日本",
    "👩‍👩‍👧",
    "${node.class}",
    "${attr.cpu.arch}",
    "${attr[\"x.y\"]}",
    "${NOMAD_PORT_http}",
    "${var.x}",
    "${1 + 1}",
    "${",
    "}",
    "$${",
    "%{",
    "%%{ if",
    "$",
    "%",
    "EOT",
    "\u{7}",
];
/// Names of keys.
const KEYS: [&str; 8] = ["a", "b2", "some-name", "A_B", "for", "in", "null", "dynamic"];
/// Keys that are no names.
const ODD_KEYS: [&str; 6] = ["a.b", "1st", "", "with space", "${node.class}", "q\"q"];

/// What keys a map may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Names only, as blocks need them.
    Names,
    /// Any text.
    Any,
}

/// Says whether a key that [`keys`] made is a name.
pub(super) fn is_name(key: &str) -> bool {
    !ODD_KEYS.contains(&key)
}

/// A text of up to eight pieces.
pub(super) fn text(seed: &mut Seed) -> String {
    match seed.below(6) {
        0 => String::new(),
        1 | 2 => seed.pick(&["web", "10s", "${node.class}", "x-1", "/usr/bin/env"]).to_owned(),
        3 => lines(seed),
        _ => (0..seed.below(8)).map(|_| seed.pick(&PIECES)).collect(),
    }
}

/// Several lines, mostly ended.
fn lines(seed: &mut Seed) -> String {
    let mut text = String::new();
    for _ in 0..2 + seed.below(3) {
        let awkward = seed.once_in(2);
        for _ in 0..seed.below(4) {
            text.push_str(if awkward {
                seed.pick(&PIECES)
            } else {
                seed.pick(&["a", " ", "b = 1", "{{ x }}", "$"])
            });
        }
        text.push('\n');
    }
    if seed.once_in(4) {
        text.pop();
    }
    text
}

/// A value of a scalar field. Numbers are small enough for every type.
pub(super) fn scalar(seed: &mut Seed, leaf: Leaf) -> Json {
    match leaf {
        Leaf::Text => Json::from(text(seed)),
        Leaf::Number => Json::from(seed.pick(&[0, 1, 2, 50, 100])),
        Leaf::Flag => Json::from(seed.once_in(2)),
        Leaf::Duration => Json::from(seed.pick(&[
            0_i64,
            1,
            1_500,
            250_000_000,
            30_000_000_000,
            5_400_000_000_000,
            -1_000_000_000,
        ])),
        Leaf::Free | Leaf::Document => Json::Object(object(seed, Keys::Names, 0)),
    }
}

/// The keys of a map, each once.
pub(super) fn keys(seed: &mut Seed, kind: Keys) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for _ in 0..seed.below(4) {
        let odd = kind == Keys::Any && seed.once_in(4);
        let key = if odd { seed.pick(&ODD_KEYS) } else { seed.pick(&KEYS) };
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// A free-form object. Below the top, objects are in lists: a lone one is read as a list of one.
fn object(seed: &mut Seed, kind: Keys, depth: usize) -> Map<String, Json> {
    keys(seed, kind).into_iter().map(|key| (key, free(seed, depth))).collect()
}

fn free(seed: &mut Seed, depth: usize) -> Json {
    match seed.below(if depth < 3 { 7 } else { 5 }) {
        0 => Json::from(seed.once_in(2)),
        1 => json!(seed.pick(&[0_i64, -3, 8080, 9_007_199_254_740_993])),
        2 => json!(seed.pick(&[0.5_f64, -2.25, 1e-7, 12_345.678])),
        3 | 4 => Json::from(text(seed)),
        5 => (0..1 + seed.below(3)).map(|_| Json::Object(object(seed, Keys::Names, depth + 1))).collect(),
        _ => (0..seed.below(4)).map(|_| element(seed, depth + 1)).collect(),
    }
}

/// An element of a list, which may be an object of any kind.
fn element(seed: &mut Seed, depth: usize) -> Json {
    if seed.once_in(3) {
        let entries = keys(seed, Keys::Any);
        return Json::Object(entries.into_iter().map(|key| (key, free(seed, depth + 1))).collect());
    }
    free(seed, depth)
}
