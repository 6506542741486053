//! What an archive holds.

use archive::Inspected;

use crate::format::{KeyValue, Table, go_time, ibytes};

/// Returns what an archive says of itself, and rows and sizes by kind.
#[must_use]
pub fn snapshot_contents(inspected: &Inspected) -> String {
    let meta = &inspected.meta;
    let head = KeyValue::new()
        .add("Created", go_time("2006-01-02T15:04:05Z07:00", meta.created.0))
        .add("ID", &meta.id)
        .add("Size", ibytes(meta.size))
        .add("Index", meta.index)
        .add("Term", meta.term)
        .add("Version", meta.version)
        .render();
    let mut table = Table::with_blanks(&["Type", "Count", "Size"]);
    for count in &inspected.census {
        table.row([count.kind.to_owned(), count.rows.to_string(), ibytes(count.bytes)]);
    }
    table.row(["", "", ""]);
    let rows: u64 = inspected.census.iter().map(|count| count.rows).sum();
    let bytes: u64 = inspected.census.iter().map(|count| count.bytes).sum();
    table.row(["Total".to_owned(), rows.to_string(), ibytes(bytes)]);
    format!("{head}\n\n{}", table.render())
}
