//! Which capabilities a task gets, and who it runs as.

use driver::StartError;
use executor::chain;
use sandbox::isolate::{CapabilitySet, Rights};
use sandbox::spawn::Identity;

use super::ExecOptions;
use super::config::Config;
use crate::executed::{DeniedIds, check_user};

/// Who runs a task whose job names nobody.
pub(super) const DEFAULT_USER: &str = "nobody";

/// Returns what a task may do: the default, what it asks for and may have, without what it drops.
///
/// What root has from the start others have only if their job asks for it by name: a task of `nobody` that could
/// change any file's owner would be root by another name.
///
/// # Errors
/// [`StartError::Fatal`] naming what the agent does not allow, or does not have itself.
pub(super) fn of(config: &Config, allowed: CapabilitySet) -> Result<Rights, StartError> {
    let all = config.cap_add == CapabilitySet::ALL;
    let refused = config.cap_add.without(allowed);
    if !all && !refused.is_empty() {
        let text = format!("driver does not allow the following capabilities: {refused}");
        return Err(StartError::Fatal(text));
    }
    // `all` means all that is allowed.
    let added = config.cap_add.intersection(allowed).without(config.cap_drop);
    let held = CapabilitySet::held();
    let absent = added.without(held);
    if !all && !absent.is_empty() {
        let text = format!("the agent itself does not have the capabilities {absent}");
        return Err(StartError::Fatal(text));
    }
    let default = CapabilitySet::of_tasks().intersection(allowed);
    let most = default.union(added).without(config.cap_drop).intersection(held);
    Ok(Rights { most, ambient: added.intersection(held) })
}

/// Returns who a task runs as.
///
/// # Errors
/// [`StartError::Fatal`] for a user that this host does not have or does not allow.
pub(super) fn identity(options: &ExecOptions, user: Option<&str>) -> Result<Identity, StartError> {
    let settings = &options.settings;
    let denied = DeniedIds { uids: &settings.denied_host_uids, gids: &settings.denied_host_gids };
    let user = user.filter(|user| !user.is_empty()).unwrap_or(DEFAULT_USER);
    let identity = check_user(&denied, Some(user))?;
    for name in &options.denied_users {
        // By id as well: 0 is root by another name.
        let same = match sandbox::user::lookup(name) {
            Ok(denied) => denied.uid == identity.uid,
            Err(sandbox::user::UserError::NotFound(_)) => false,
            Err(error) => return Err(StartError::Recoverable(chain(&error))),
        };
        if same || name == user {
            return Err(StartError::Fatal(format!("running as user {user:?} is disallowed")));
        }
    }
    Ok(identity)
}
