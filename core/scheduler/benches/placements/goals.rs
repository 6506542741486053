//! The goals at 10,000 nodes, and what became of them.

use std::collections::BTreeMap;

/// Nodes at which goals are given.
const AT: u32 = 10_000;
/// Nodes at which a placement may cost twice as much.
const LARGE: u32 = 100_000;

/// µs for each placement, by what is asked: at most.
fn goal(ask: &str, kind: &str, vectors: &str) -> Option<f64> {
    Some(match (ask, kind) {
        ("one alone", _) if vectors == "baseline" => 80.0,
        ("one alone", _) => 40.0,
        (_, "system") if ask == "plain" => 3.0,
        ("plain", _) => 2.9,
        ("2 constraints", _) => 3.0,
        ("affinity" | "spread 75 racks", _) => 5.0,
        ("2 dynamic ports", _) => 6.0,
        _ => return None,
    })
}

/// Figures by ask, kind and how many were wanted: µs for each placement by nodes.
#[derive(Debug, Default)]
pub(crate) struct Goals(BTreeMap<(String, String, u32), BTreeMap<u32, f64>>);

impl Goals {
    /// Takes a figure; tells how it compares with its goal, if it has one.
    pub(crate) fn note(&mut self, row: (&str, &str, u32), nodes: u32, micros: f64, vectors: &str) -> String {
        let (ask, kind, count) = row;
        let figures = self.0.entry((ask.to_owned(), kind.to_owned(), count)).or_default();
        figures.insert(nodes, micros);
        match goal(ask, kind, vectors).filter(|_| nodes == AT) {
            Some(goal) if micros <= goal => format!("goal {goal}: reached"),
            Some(goal) => format!("goal {goal}: MISSED"),
            None if nodes == LARGE && ask != "one alone" => {
                let Some(base) = figures.get(&AT) else { return String::new() };
                let ratio = micros / base;
                let verdict = if ratio <= 2.0 { "reached" } else { "MISSED" };
                format!("{ratio:.1} times the figure at 10,000 (goal 2): {verdict}")
            }
            None => String::new(),
        }
    }
}
