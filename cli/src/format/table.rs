//! Tables without lines.
//!
//! Purpose: columns two spaces apart, as scripts expect them.
//! Limits: nothing is wrapped or cut to the width of a terminal, so that lines stay lines.

use comfy_table::{ContentArrangement, Table as Grid, presets};

use super::NONE;

/// What an empty cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blank {
    Marked,
    Empty,
}

/// A header and rows.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    blank: Blank,
}

impl Table {
    /// Returns a table without rows; empty cells are shown as `<none>`.
    #[must_use]
    pub fn new(header: &[&str]) -> Table {
        Table {
            header: header.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
            blank: Blank::Marked,
        }
    }

    /// Returns a table whose empty cells stay empty.
    #[must_use]
    pub fn with_blanks(header: &[&str]) -> Table {
        Table { blank: Blank::Empty, ..Table::new(header) }
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Tells whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the lines without a final line break and without trailing spaces.
    #[must_use]
    pub fn render(&self) -> String {
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING);
        grid.set_content_arrangement(ContentArrangement::Disabled);
        grid.add_row(&self.header);
        for row in &self.rows {
            grid.add_row(row.iter().map(|cell| self.cell(cell)));
        }
        for column in grid.column_iter_mut() {
            column.set_padding((0, 2));
        }
        grid.trim_fmt()
    }

    fn cell(&self, text: &str) -> String {
        match (text.is_empty(), self.blank) {
            (true, Blank::Marked) => NONE.to_owned(),
            (true, Blank::Empty) => String::new(),
            // A cell is one line.
            (false, _) => text.replace('\n', " "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_two_spaces_apart_and_empty_cells_are_marked() {
        let mut table = Table::new(&["ID", "Node ID", "Status"]);
        table.row(["c0c23065", "", "complete"]);
        table.row(["a", "0d9bcedd", "running"]);
        assert_eq!(
            table.render(),
            "ID        Node ID   Status\nc0c23065  <none>    complete\na         0d9bcedd  running"
        );
        let mut table = Table::with_blanks(&["CPU", "Addresses"]);
        table.row(["20 MHz", ""]);
        assert_eq!(table.render(), "CPU     Addresses\n20 MHz");
    }
}
