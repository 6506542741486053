//! Starting a task's process: in its cgroup, its own session, as its user, with default signals.
//!
//! All that happens between fork and exec uses only calls that are safe there. Meant for the single-threaded
//! executor; nothing here allocates in the child.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Who a task runs as.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// User id.
    pub uid: u32,
    /// Primary group id.
    pub gid: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
}

/// What to start and how.
#[derive(Debug)]
pub struct Spawn<'a> {
    /// Absolute path of the program.
    pub program: &'a Path,
    /// Arguments after the program's name.
    pub args: &'a [OsString],
    /// The whole environment; nothing is inherited.
    pub env: &'a [(OsString, OsString)],
    /// Working directory.
    pub cwd: &'a Path,
    /// Standard input, output and errors; `None` is `/dev/null`.
    pub streams: [Option<OwnedFd>; 3],
    /// Whether standard input is a terminal, to be the one of the new session.
    pub terminal: bool,
    /// `cgroup.procs` files of the groups to join.
    pub join: Vec<File>,
    /// Who to become; `None` keeps the user of this process.
    pub identity: Option<Identity>,
    /// Value for `oom_score_adj`, -1000 to 1000; 0 leaves it alone.
    pub oom_score_adj: i32,
}

/// Starts the process. Its session and process group have its own pid.
///
/// # Errors
/// The failure of fork, of a step in the child, or of exec (`NotFound`, `PermissionDenied`).
pub fn spawn(spawn: Spawn<'_>) -> io::Result<Child> {
    let mut command = Command::new(spawn.program);
    command.args(spawn.args).env_clear().current_dir(spawn.cwd);
    command.envs(spawn.env.iter().map(|(key, value)| (OsStr::new(key), OsStr::new(value))));
    let [stdin, stdout, stderr] = spawn.streams.map(|stream| stream.map_or_else(Stdio::null, Stdio::from));
    command.stdin(stdin).stdout(stdout).stderr(stderr);
    let terminal = spawn.terminal;
    let join = spawn.join;
    let joined: Vec<RawFd> = join.iter().map(AsRawFd::as_raw_fd).collect();
    let identity = spawn.identity;
    let score = oom_score(spawn.oom_score_adj);
    let prepare = move || {
        for &fd in &joined {
            join_group(fd)?;
        }
        if let Some(score) = &score {
            write_oom_score(score)?;
        }
        default_signals();
        new_session()?;
        if terminal {
            take_terminal()?;
        }
        match &identity {
            Some(identity) => become_user(identity),
            None => Ok(()),
        }
    };
    // SAFETY: the closure runs in the child between fork and exec. It calls only async-signal-safe functions on
    // descriptors and buffers that were made before the fork, and allocates nothing.
    unsafe { command.pre_exec(prepare) };
    let child = command.spawn();
    drop(join);
    child
}

fn check(result: libc::c_long) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

pub(crate) fn join_group(fd: RawFd) -> io::Result<()> {
    // SAFETY: writes one byte of a static buffer to a descriptor that is open in the child.
    check(unsafe { libc::write(fd, c"0".as_ptr().cast(), 1) } as libc::c_long)
}

pub(crate) fn write_oom_score(score: &[u8]) -> io::Result<()> {
    // SAFETY: the path is a static C string; open is async-signal-safe.
    let fd = unsafe { libc::open(c"/proc/self/oom_score_adj".as_ptr(), libc::O_WRONLY | libc::O_CLOEXEC) };
    check(fd.into())?;
    // SAFETY: the buffer is alive for its length, and `fd` was just opened.
    let written = unsafe { libc::write(fd, score.as_ptr().cast(), score.len()) };
    // SAFETY: `fd` is ours and not used again.
    unsafe { libc::close(fd) };
    check(written as libc::c_long)
}

/// Gives every signal its default action: an agent under `nohup` would otherwise hand on what it ignores.
pub(crate) fn default_signals() {
    for number in 1..32 {
        if number != libc::SIGKILL && number != libc::SIGSTOP {
            // SAFETY: sets the default action of a valid signal number; async-signal-safe.
            unsafe { libc::signal(number, libc::SIG_DFL) };
        }
    }
}

pub(crate) fn new_session() -> io::Result<()> {
    // SAFETY: no arguments; a freshly forked child leads no group, so this cannot fail for that reason.
    check(unsafe { libc::setsid() }.into())
}

/// Makes standard input the terminal of the session.
pub(crate) fn take_terminal() -> io::Result<()> {
    // SAFETY: takes numbers only; 0 means not to take it from another session.
    check(unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) }.into())
}

/// Drops to the user: groups first, because afterwards it is no longer allowed. Raw calls change this thread, and
/// a forked child has only one.
pub(crate) fn become_user(identity: &Identity) -> io::Result<()> {
    // SAFETY: the list is alive for its length.
    check(unsafe { libc::syscall(libc::SYS_setgroups, identity.groups.len(), identity.groups.as_ptr()) })?;
    // SAFETY: plain numbers.
    check(unsafe { libc::syscall(libc::SYS_setresgid, identity.gid, identity.gid, identity.gid) })?;
    // SAFETY: plain numbers.
    check(unsafe { libc::syscall(libc::SYS_setresuid, identity.uid, identity.uid, identity.uid) })
}

/// Returns a value for `oom_score_adj` as text; `None` leaves it alone.
pub(crate) fn oom_score(value: i32) -> Option<Vec<u8>> {
    (value != 0).then(|| value.clamp(-1000, 1000).to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use super::*;

    fn base<'a>(args: &'a [OsString], cwd: &'a Path) -> Spawn<'a> {
        Spawn {
            program: Path::new("/bin/sh"),
            args,
            env: &[],
            cwd,
            streams: [None, None, None],
            terminal: false,
            join: Vec::new(),
            identity: None,
            oom_score_adj: 0,
        }
    }

    fn output(script: &str, change: impl FnOnce(&mut Spawn<'_>)) -> String {
        let dir = tempfile::tempdir().expect("directory");
        fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("mode");
        let args = [OsString::from("-c"), OsString::from(script)];
        let (mut read, write) = std::io::pipe().expect("pipe");
        let mut request = base(&args, dir.path());
        request.streams[1] = Some(write.into());
        change(&mut request);
        let mut child = spawn(request).expect("spawn");
        let mut text = String::new();
        read.read_to_string(&mut text).expect("output");
        assert!(child.wait().expect("wait").success(), "{text}");
        text
    }

    #[test]
    fn a_task_leads_its_own_session_and_inherits_no_environment() {
        let text = output("set -- $(cat /proc/$$/stat); echo $$ $5 $6; /usr/bin/env", |_| {});
        let mut lines = text.lines();
        let ids: Vec<&str> = lines.next().expect("ids").split(' ').collect();
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0], ids[2]);
        let foreign: Vec<&str> =
            lines.filter(|l| !["PWD=", "_=", "SHLVL="].iter().any(|p| l.starts_with(p))).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
    }

    #[test]
    fn user_groups_and_oom_score_are_set() {
        if !rustix::process::getuid().is_root() {
            return;
        }
        let text = output("id -u; id -g; id -G; cat /proc/$$/oom_score_adj", |spawn| {
            spawn.identity = Some(Identity { uid: 65_534, gid: 65_534, groups: vec![65_534, 12_345] });
            spawn.oom_score_adj = 321;
        });
        assert_eq!(text, "65534\n65534\n65534 12345\n321\n");
    }

    #[test]
    fn a_missing_program_is_reported_by_exec() {
        let dir = tempfile::tempdir().expect("directory");
        let mut request = base(&[], dir.path());
        request.program = Path::new("/no/such/program");
        assert_eq!(spawn(request).expect_err("error").kind(), io::ErrorKind::NotFound);
    }
}
