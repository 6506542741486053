//! Figures beside their goals, as an aligned table.

use std::fmt::Write;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Seconds.
    Seconds,
    /// Millionths of a second.
    Microseconds,
    /// 1,000,000 bytes.
    Megabytes,
    /// 1,000 bytes.
    Kilobytes,
    /// Of one core, or of what is named.
    Percent,
    /// So many a second.
    PerSecond,
}

impl Unit {
    fn symbol(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Microseconds => "µs",
            Self::Megabytes => "MB",
            Self::Kilobytes => "kB",
            Self::Percent => "%",
            Self::PerSecond => "/s",
        }
    }
}

/// One quantity: what was measured, how much is allowed and what Nomad needs.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    what: String,
    unit: Unit,
    samples: Vec<f64>,
    goal: Option<f64>,
    /// Whether more is better.
    at_least: bool,
    nomad: Option<f64>,
}

impl Row {
    /// A quantity that was not measured yet and has no goal.
    pub(crate) fn new(what: &'static str, unit: Unit) -> Self {
        Self::named(what, unit)
    }

    /// As [`Row::new`], with a name that was put together.
    pub(crate) fn named(what: &str, unit: Unit) -> Self {
        Self { what: what.to_owned(), unit, samples: Vec::new(), goal: None, at_least: false, nomad: None }
    }

    /// A rate, which should be `goal` at least.
    pub(crate) fn rate(what: &str, goal: Option<f64>) -> Self {
        Self { goal, at_least: true, ..Self::named(what, Unit::PerSecond) }
    }

    /// What is measured.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Sets the most that is allowed.
    pub(crate) fn goal(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }
    }

    /// Sets what Nomad 2.0.5 needs on two cores.
    pub(crate) fn nomad(self, nomad: f64) -> Self {
        Self { nomad: Some(nomad), ..self }
    }

    /// Adds what one run measured.
    pub(crate) fn add(&mut self, sample: f64) {
        self.samples.push(sample);
        self.samples.sort_by(f64::total_cmp);
    }

    /// The middle sample, the upper one of two.
    fn median(&self) -> Option<f64> {
        self.samples.get(self.samples.len() / 2).copied()
    }

    fn cells(&self) -> [String; 6] {
        let unit = self.unit.symbol();
        let shown = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$} {unit}"))
        };
        let range = match self.samples.as_slice() {
            [first, .., last] => format!("{first:.3} to {last:.3}"),
            _ => String::new(),
        };
        let verdict = match (self.median(), self.goal) {
            (Some(median), Some(goal)) if (median <= goal) != self.at_least || median == goal => "reached",
            (Some(_), Some(_)) => "MISSED",
            _ => "",
        };
        let median = shown(self.median(), 3);
        [self.what.clone(), median, range, shown(self.goal, 1), verdict.to_owned(), shown(self.nomad, 1)]
    }
}

/// The rows under their heading.
pub(crate) fn table(rows: &[Row]) -> String {
    let heading = ["", "median", "range", "goal", "", "Nomad 2.0.5"].map(str::to_owned);
    let lines: Vec<[String; 6]> = std::iter::once(heading).chain(rows.iter().map(Row::cells)).collect();
    let widths: [usize; 6] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].len()).max().unwrap_or(0));
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let cells: Vec<String> = cells.collect();
        writeln!(text, "{}", cells.join("  ").trim_end()).expect("writing to a string does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_judged_and_not_the_worst() {
        let mut ready = Row::new("ready", Unit::Seconds).goal(0.3).nomad(1.7);
        for sample in [0.9, 0.2, 0.25] {
            ready.add(sample);
        }
        let mut memory = Row::new("memory", Unit::Megabytes).goal(30.0);
        memory.add(31.5);
        let shown = table(&[ready, memory, Row::new("other", Unit::Megabytes)]);
        let expected = [
            "        median     range           goal              Nomad 2.0.5",
            "ready   0.250 s    0.200 to 0.900  0.3 s    reached  1.7 s",
            "memory  31.500 MB                  30.0 MB  MISSED   -",
            "other   -                          -                 -",
        ];
        assert_eq!(shown.lines().collect::<Vec<_>>(), expected);
    }
}
