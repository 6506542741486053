//! Making the directories of an allocation and of its tasks. Existing ones are kept. Everything here blocks.
//!
//! Once a task has run, what is below the allocation may have been prepared by it: every step goes through a
//! [`Root`], and no link is followed.

use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path};

use rustix::fs::{Gid, Mode, Uid, fchmod, fchown};
use sandbox::beneath::Root;
use sandbox::secrets;

use super::layout::{AllocPaths, BadTaskName, SHARED, check_task_name};

/// Failure to make directories or files of an allocation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    /// The name of a task cannot be used.
    #[error(transparent)]
    TaskName(#[from] BadTaskName),
    /// A path of the job leaves the directory that it is relative to.
    #[error("path {0:?} must be relative and stay within the task's directory")]
    Path(String),
    /// The user of a task.
    #[error(transparent)]
    User(#[from] sandbox::user::UserError),
    /// The system refuses.
    #[error("cannot make {what}: {source}")]
    Io {
        /// Directory or file.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}

fn io_error(what: &str) -> impl FnOnce(io::Error) -> CreateError + use<'_> {
    move |source| CreateError::Io { what: what.to_owned(), source }
}

/// Makes the shared directories of an allocation.
pub(crate) fn create_alloc(paths: &AllocPaths) -> Result<(), CreateError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o755);
    builder.create(&paths.root).map_err(io_error("the allocation's directory"))?;
    let root = open(paths)?;
    let shared = root.create_dir(Path::new(SHARED), 0o755).map_err(io_error(SHARED))?;
    for name in ["data", "logs", "tmp"] {
        // Tasks of any user write here.
        open_to_all(&shared, name)?;
    }
    Ok(())
}

/// Makes the directories of a task, its secrets on a tmpfs of `secrets_mb` MB. The user of the task gets the secrets.
pub(crate) fn create_task(
    paths: &AllocPaths,
    task: &str,
    user: Option<&str>,
    secrets_mb: u32,
) -> Result<(), CreateError> {
    check_task_name(task)?;
    let root = open(paths)?;
    let own = root.create_dir(Path::new(task), 0o755).map_err(io_error(task))?;
    fchmod(&own, Mode::from_raw_mode(0o755)).map_err(|error| io_error(task)(error.into()))?;
    for name in ["local", "tmp"] {
        open_to_all(&own, name)?;
    }
    // The task's own directory belongs to us, so that this name is what we made.
    secrets::create(&paths.task(task).secrets, secrets_mb).map_err(io_error("secrets"))?;
    if let Some(user) = user {
        let user = sandbox::user::lookup(user)?;
        let secrets = own
            .open_dir(Path::new("secrets"), sandbox::beneath::Links::Refused)
            .map_err(io_error("secrets"))?;
        let owner = (Some(Uid::from_raw(user.uid)), Some(Gid::from_raw(user.gid)));
        fchown(&secrets, owner.0, owner.1).map_err(|error| io_error("secrets")(error.into()))?;
    }
    Ok(())
}

/// Writes the payload of a dispatch to `file` below the task's `local`.
pub(crate) fn write_payload(
    paths: &AllocPaths,
    task: &str,
    file: &str,
    payload: &[u8],
) -> Result<(), CreateError> {
    check_task_name(task)?;
    let path = Path::new(file);
    let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let (true, Some(_)) = (inside, path.file_name()) else { return Err(CreateError::Path(file.to_owned())) };
    let local = open(paths)?
        .open_dir(&Path::new(task).join("local"), sandbox::beneath::Links::Refused)
        .map_err(io_error("local"))?;
    if let Some(parent) = path.parent() {
        local.create_dir(parent, 0o755).map_err(io_error(file))?;
    }
    let mut written = local.create_file(path, 0o644).map_err(io_error(file))?;
    written.write_all(payload).map_err(io_error(file))
}

fn open(paths: &AllocPaths) -> Result<Root, CreateError> {
    Root::open(&paths.root).map_err(io_error("the allocation's directory"))
}

/// Makes a directory that every user may write to, whatever our umask.
fn open_to_all(parent: &Root, name: &str) -> Result<(), CreateError> {
    let dir = parent.create_dir(Path::new(name), 0o777).map_err(io_error(name))?;
    fchmod(&dir, Mode::from_raw_mode(0o777)).map_err(|error| io_error(name)(error.into()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::super::{remove_alloc, remove_secrets};
    use super::*;

    fn paths(dir: &Path) -> AllocPaths {
        AllocPaths::new(dir, model::AllocId(7))
    }

    #[test]
    fn directories_are_made_twice_and_leave_nothing_behind() {
        let dir = tempfile::tempdir().expect("directory");
        let paths = paths(dir.path());
        for _ in 0..2 {
            create_alloc(&paths).expect("alloc");
            create_task(&paths, "web", Some("65534"), 1).expect("task");
        }
        let mode = |path: &str| fs::metadata(paths.root.join(path)).expect(path).mode() & 0o777;
        assert_eq!(["alloc/logs", "web/local", "web/secrets"].map(mode), [0o777, 0o777, 0o700]);
        assert_eq!(fs::metadata(paths.root.join("web/secrets")).expect("secrets").uid(), 65_534);
        remove_secrets(&paths, &["web".into()]);
        assert!(!paths.root.join("web/secrets").exists() && paths.root.join("web/local").exists());
        create_task(&paths, "web", None, 1).expect("task");
        remove_alloc(&paths).expect("removed");
        assert!(fs::read_dir(dir.path()).expect("list").next().is_none());
    }

    #[test]
    fn a_payload_stays_below_local() {
        let dir = tempfile::tempdir().expect("directory");
        let paths = paths(dir.path());
        create_alloc(&paths).expect("alloc");
        create_task(&paths, "web", None, 1).expect("task");
        write_payload(&paths, "web", "in/put.txt", b"hello").expect("payload");
        let read = fs::read_to_string(paths.root.join("web/local/in/put.txt")).expect("file");
        assert_eq!(read, "hello");
        symlink("/tmp", paths.root.join("web/local/out")).expect("link");
        for bad in ["../x", "/etc/x", "out/x", "..", ""] {
            assert!(write_payload(&paths, "web", bad, b"x").is_err(), "{bad:?}");
        }
        remove_alloc(&paths).expect("removed");
    }
}
