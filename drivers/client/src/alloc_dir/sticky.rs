//! Data that goes from an allocation to the one that replaces it on the same node. Blocks.

use std::io;
use std::path::Path;

use model::Name;
use rustix::fs::{RenameFlags, renameat_with};
use sandbox::beneath::{Links, Root};

use super::layout::{AllocPaths, SHARED, check_task_name};

/// Moves the shared data and each task's `local` of `from`, which has ended, to `to`, whose shared directories exist.
/// What the old one does not have is left as it is.
pub(crate) fn take_data(from: &AllocPaths, to: &AllocPaths, tasks: &[Name]) -> io::Result<()> {
    let old = match Root::open(&from.root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        old => old?,
    };
    let new = Root::open(&to.root)?;
    exchange(&old, &new, SHARED, "data")?;
    for task in tasks.iter().filter(|task| check_task_name(task).is_ok()) {
        new.create_dir(&Path::new(&**task).join("local"), 0o777)?;
        exchange(&old, &new, task, "local")?;
    }
    Ok(())
}

/// Exchanges two directories that both exist, so that neither allocation is ever without one.
fn exchange(old: &Root, new: &Root, parent: &str, name: &str) -> io::Result<()> {
    let from = match old.open_dir(Path::new(parent), Links::Refused) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        from => from?,
    };
    let to = new.open_dir(Path::new(parent), Links::Refused)?;
    match renameat_with(&from, name, &to, name, RenameFlags::EXCHANGE) {
        Err(rustix::io::Errno::NOENT) => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{create_alloc, create_task, remove_alloc};
    use super::*;

    #[test]
    fn data_moves_and_nothing_else_does() {
        let dir = tempfile::tempdir().expect("directory");
        let [old, new] = [1, 2].map(|id| AllocPaths::new(dir.path(), model::AllocId(id)));
        create_alloc(&old).expect("alloc");
        create_task(&old, "web", None, 1).expect("task");
        for file in ["alloc/data/a", "alloc/logs/b", "web/local/c"] {
            fs::write(old.root.join(file), "x").expect(file);
        }
        create_alloc(&new).expect("alloc");
        take_data(&old, &new, &["web".into(), "other".into()]).expect("moved");
        create_task(&new, "web", None, 1).expect("task");
        let there = |file: &str| new.root.join(file).exists();
        assert_eq!(["alloc/data/a", "alloc/logs/b", "web/local/c"].map(there), [true, false, true]);
        assert!(!old.root.join("alloc/data/a").exists() && old.root.join("alloc/data").exists());
        for paths in [&old, &new] {
            remove_alloc(paths).expect("removed");
        }
        take_data(&old, &new, &[]).expect("an old one that is gone is fine");
    }
}
