//! Users of the host by name, with their groups, as the name service knows them.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;

use crate::spawn::Identity;

const MAX_RECORD: usize = 1 << 20;
const MAX_GROUPS: usize = 65_536;

/// Failure to find a user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// No such user.
    #[error("user {0:?} not found")]
    NotFound(String),
    /// The name service failed.
    #[error("cannot look up user {name:?}")]
    Lookup {
        /// The name asked for.
        name: String,
        /// The system's answer.
        source: io::Error,
    },
}

/// Returns who `name` is: a name of the host, a uid, or `uid:gid`.
///
/// # Errors
/// [`UserError::NotFound`] for a name that the host does not know.
pub fn lookup(name: &str) -> Result<Identity, UserError> {
    let numeric = |text: &str| text.parse::<u32>().ok();
    if let Some((uid, gid)) = name.split_once(':')
        && let (Some(uid), Some(gid)) = (numeric(uid), numeric(gid))
    {
        return Ok(Identity { uid, gid, groups: vec![gid] });
    }
    let found = match numeric(name) {
        Some(uid) => {
            let unnamed = Identity { uid, gid: uid, groups: vec![uid] };
            Some(by_uid(uid).map_or(unnamed, |(identity, _)| identity))
        }
        None => by_name(name)?.map(|(identity, _)| identity),
    };
    found.ok_or_else(|| UserError::NotFound(name.to_owned()))
}

/// What the host says of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Name.
    pub name: String,
    /// Home directory.
    pub home: String,
}

/// Returns what the host says of a user; `None` for one that it does not know.
#[must_use]
pub fn account(uid: u32) -> Option<Account> {
    by_uid(uid).map(|(_, account)| account)
}

/// Returns who this process is.
#[must_use]
pub fn current() -> Identity {
    let groups = rustix::process::getgroups().unwrap_or_default();
    Identity {
        uid: rustix::process::getuid().as_raw(),
        gid: rustix::process::getgid().as_raw(),
        groups: groups.into_iter().map(rustix::process::Gid::as_raw).collect(),
    }
}

/// What the host has on a user.
type Record = (Identity, Account);

fn by_name(name: &str) -> Result<Option<Record>, UserError> {
    let not_found = || UserError::NotFound(name.to_owned());
    let c_name = CString::new(name).map_err(|_| not_found())?;
    let query = |record: *mut libc::passwd, buffer: &mut [u8], found: *mut *mut libc::passwd| {
        // SAFETY: all pointers are valid for the call and `buffer` for its length.
        unsafe { libc::getpwnam_r(c_name.as_ptr(), record, buffer.as_mut_ptr().cast(), buffer.len(), found) }
    };
    record(query).map_err(|source| UserError::Lookup { name: name.to_owned(), source })
}

fn by_uid(uid: u32) -> Option<Record> {
    let query = |record: *mut libc::passwd, buffer: &mut [u8], found: *mut *mut libc::passwd| {
        // SAFETY: all pointers are valid for the call and `buffer` for its length.
        unsafe { libc::getpwuid_r(uid, record, buffer.as_mut_ptr().cast(), buffer.len(), found) }
    };
    record(query).ok().flatten()
}

/// Runs a reentrant passwd query with a buffer that grows up to [`MAX_RECORD`].
fn record(
    query: impl Fn(*mut libc::passwd, &mut [u8], *mut *mut libc::passwd) -> libc::c_int,
) -> io::Result<Option<Record>> {
    let mut size = 1_024;
    loop {
        let mut buffer = vec![0_u8; size];
        let mut passwd = MaybeUninit::<libc::passwd>::uninit();
        let mut found = std::ptr::null_mut();
        match query(passwd.as_mut_ptr(), &mut buffer, &raw mut found) {
            0 if found.is_null() => return Ok(None),
            0 => {
                // SAFETY: a non-null `found` says that the record was filled in; its strings live in `buffer`.
                let passwd = unsafe { passwd.assume_init() };
                // SAFETY: `pw_name` is a C string inside `buffer`, which is still alive.
                let name = unsafe { CStr::from_ptr(passwd.pw_name) };
                // SAFETY: as for `pw_name`.
                let home = unsafe { CStr::from_ptr(passwd.pw_dir) };
                let identity =
                    Identity { uid: passwd.pw_uid, gid: passwd.pw_gid, groups: groups(name, passwd.pw_gid) };
                let text = |text: &CStr| text.to_string_lossy().into_owned();
                return Ok(Some((identity, Account { name: text(name), home: text(home) })));
            }
            libc::ERANGE if size < MAX_RECORD => size *= 4,
            libc::ENOENT | libc::ESRCH => return Ok(None),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
    }
}

fn groups(name: &CStr, gid: u32) -> Vec<u32> {
    let mut count: libc::c_int = 64;
    loop {
        let size = usize::try_from(count).unwrap_or(0).clamp(1, MAX_GROUPS);
        let mut list = vec![0_u32; size];
        let mut filled = libc::c_int::try_from(size).unwrap_or(libc::c_int::MAX);
        // SAFETY: `list` has room for `filled` entries, and the name is a C string.
        let result = unsafe { libc::getgrouplist(name.as_ptr(), gid, list.as_mut_ptr(), &raw mut filled) };
        if result >= 0 {
            list.truncate(usize::try_from(filled).unwrap_or(0));
            return list;
        }
        if size >= MAX_GROUPS {
            return vec![gid];
        }
        count = filled.max(count.saturating_mul(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_name_and_by_number() {
        let root = lookup("root").expect("root");
        assert_eq!((root.uid, root.gid), (0, 0));
        assert!(root.groups.contains(&0));
        assert_eq!(lookup("0").expect("0").gid, 0);
        assert_eq!(lookup("4000000").expect("number").gid, 4_000_000);
        assert_eq!(lookup("7:8").expect("pair"), Identity { uid: 7, gid: 8, groups: vec![8] });
        let root = account(0).expect("root");
        assert_eq!((root.name.as_str(), root.home.as_str()), ("root", "/root"));
        assert_eq!(account(4_000_000), None);
        assert!(matches!(lookup("no-such-user-here"), Err(UserError::NotFound(_))));
        assert!(matches!(lookup("nul\0"), Err(UserError::NotFound(_))));
    }
}
