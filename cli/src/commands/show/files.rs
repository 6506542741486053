//! `alloc fs`.

use api::view::FileInfo;

use crate::format::{Clock, Table, ibytes};

/// Returns a directory as a table; `exact` gives sizes in bytes.
#[must_use]
pub fn file_list(files: &[FileInfo], clock: &Clock, exact: bool) -> String {
    let mut table = Table::new(&["Mode", "Size", "Modified Time", "Name"]);
    for file in files {
        let slash = if file.is_dir { "/" } else { "" };
        table.row([
            file.file_mode.clone(),
            size(file, exact),
            modified(file, clock),
            format!("{}{slash}", file.name),
        ]);
    }
    table.render()
}

/// Returns one file as a table.
#[must_use]
pub fn file_stat(file: &FileInfo, clock: &Clock, exact: bool) -> String {
    let mut table = Table::new(&["Mode", "Size", "Modified Time", "Content Type", "Name"]);
    let slash = if file.is_dir { "/" } else { "" };
    table.row([
        file.file_mode.clone(),
        size(file, exact),
        modified(file, clock),
        file.content_type.clone(),
        format!("{}{slash}", file.name),
    ]);
    table.render()
}

fn size(file: &FileInfo, exact: bool) -> String {
    if exact { file.size.to_string() } else { ibytes(file.size) }
}

fn modified(file: &FileInfo, clock: &Clock) -> String {
    clock.absolute_text(&file.mod_time).unwrap_or_default()
}
