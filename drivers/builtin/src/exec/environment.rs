//! Who a task is, as its environment says.

use std::collections::BTreeMap;

/// Adds `USER`, `LOGNAME` and `HOME` of the task's user. What the job itself sets stays; what came from the agent's own
/// environment does not, because it is about another user.
pub(super) fn with_user(env: &BTreeMap<String, String>, uid: u32) -> Vec<(String, String)> {
    let account = sandbox::user::account(uid).unwrap_or_default();
    let mut env = env.clone();
    for (key, value) in [("USER", &account.name), ("LOGNAME", &account.name), ("HOME", &account.home)] {
        let inherited = |given: &String| std::env::var(key).is_ok_and(|own| own == *given);
        if env.get(key).is_none_or(inherited) {
            if value.is_empty() {
                env.remove(key);
            } else {
                env.insert(key.to_owned(), value.clone());
            }
        }
    }
    env.into_iter().collect()
}
