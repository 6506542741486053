//! Workload identities and secrets of a task.

use std::collections::BTreeSet;

use super::Problems;
use crate::{Identity, Nanos, Task};

/// Checks the identities of a task.
pub(super) fn check(task: &Task, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for identity in task.identity.iter().chain(&task.identities) {
        let name = identity.name.as_str();
        let inner = check_one(identity);
        if !inner.is_empty() {
            problems.add(format!("Identity {name:?} is invalid: {}", inner.text()));
        }
        problems.add_if(!names.insert(name), || format!("Identity {name:?} is defined more than once"));
    }
}

fn check_one(identity: &Identity) -> Problems {
    let mut problems = Problems::default();
    let name = identity.name.as_str();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    problems.add_if(!(1..=128).contains(&name.len()) || !name.chars().all(fits), || {
        format!("invalid name {name:?}. Must match regex ^[a-zA-Z0-9-_]{{1,128}}$")
    });
    let mode = identity.change_mode.as_str();
    problems.add_if(!["", "noop", "signal", "restart"].contains(&mode), || {
        format!("change_mode must be one of noop, signal, restart; got {mode:?}")
    });
    problems.add_if(mode == "signal" && identity.change_signal.is_empty(), || {
        "change_signal must be specified when using change_mode=\"signal\"".to_owned()
    });
    problems.add_if(mode != "signal" && !identity.change_signal.is_empty(), || {
        "change_signal may only be used with change_mode=\"signal\"".to_owned()
    });
    problems.add_if(identity.ttl < Nanos::ZERO, || "ttl must be >= 0".to_owned());
    problems.add_if(name == "default" && identity.ttl != Nanos::ZERO, || {
        "ttl for default identity not yet supported".to_owned()
    });
    problems
        .add_if(!identity.filepath.is_empty() && !identity.file, || "filepath needs file = true".to_owned());
    problems
}

/// What is doubtful about the identities of a task.
pub(super) fn doubts(task: &Task, doubts: &mut Problems) {
    for identity in &task.identities {
        let mut inner = Problems::default();
        let name = &identity.name;
        inner.add_if(identity.audience.is_empty(), || {
            format!("Identity[{name}] identities without an audience are insecure")
        });
        inner.add_if(identity.audience.len() > 1, || {
            format!(
                "Identity[{name}] while multiple audiences is allowed, it is more secure to use 1 audience per \
                 identity"
            )
        });
        inner.add_if(identity.ttl == Nanos::ZERO, || {
            format!("Identity[{name}] identities without an expiration are insecure")
        });
        inner.add_if(identity.env && identity.change_mode != "restart", || {
            format!(
                "Identity[{name}] using env=true without change_mode=\"restart\" may result in task not getting \
                 updated identity"
            )
        });
        doubts.nest_unnamed(&inner);
    }
}

/// Checks the secrets of a task.
pub(super) fn check_secrets(task: &Task, problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for secret in &task.secrets {
        let name = secret.name.as_str();
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        problems.add_if(name.is_empty() || !name.chars().all(fits), || {
            format!("secret name {name:?} must be letters, digits and underscores")
        });
        problems.add_if(!names.insert(name), || format!("secret {name:?} is defined more than once"));
        problems.add_if(secret.provider.is_empty(), || format!("secret {name:?} must have a provider"));
        problems.add_if(secret.path.is_empty(), || format!("secret {name:?} must have a path"));
        problems.add_if(secret.provider == "vault" && task.vault.is_none(), || {
            format!("secret {name:?} has provider \"vault\" but its task has no vault block")
        });
        let plugin = !["", "nomad", "vault"].contains(&secret.provider.as_str());
        problems.add_if(plugin && secret.config.is_some(), || {
            format!("secret {name:?} cannot have config: its provider is a plugin")
        });
        problems.add_if(!plugin && !secret.env.is_empty(), || {
            format!("secret {name:?} cannot have env: its provider is no plugin")
        });
    }
}
