//! Who a task may run as.

use driver::StartError;
use executor::chain;
use sandbox::spawn::Identity;

use super::denied::IdRanges;
/// User and group ids that no task may have, as the agent's configuration has them: `0,10-20`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeniedIds<'a> {
    pub(crate) uids: &'a str,
    pub(crate) gids: &'a str,
}

impl DeniedIds<'_> {
    /// Returns what is wrong with the ranges themselves.
    pub(crate) fn mistake(&self) -> Option<(&'static str, String)> {
        let ranges = [("denied_host_uids", self.uids), ("denied_host_gids", self.gids)];
        let (key, text) = ranges.into_iter().find(|(_, text)| IdRanges::parse(text).is_none())?;
        Some((key, format!("{text:?} is not a list of ids and ranges")))
    }
}

/// Returns who a task runs as; without a user, who this process is.
///
/// # Errors
/// [`StartError::Fatal`] for a user that this host does not have or does not allow.
pub(crate) fn check(denied: &DeniedIds<'_>, user: Option<&str>) -> Result<Identity, StartError> {
    let fatal = |message: String| StartError::Fatal(message);
    if let Some((key, message)) = denied.mistake() {
        return Err(fatal(format!("{key} {message}")));
    }
    let ranges = |text: &str| IdRanges::parse(text).unwrap_or_default();
    let wanted = match user {
        Some(user) => sandbox::user::lookup(user).map_err(|error| fatal(chain(&error)))?,
        None => sandbox::user::current(),
    };
    if ranges(denied.uids).contains(wanted.uid) {
        return Err(fatal(format!("running as user id {} is denied on this node", wanted.uid)));
    }
    let gids = ranges(denied.gids);
    if let Some(gid) = wanted.groups.iter().chain([&wanted.gid]).find(|gid| gids.contains(**gid)) {
        return Err(fatal(format!("running with group id {gid} is denied on this node")));
    }
    Ok(wanted)
}
