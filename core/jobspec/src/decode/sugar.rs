//! Blocks that a job or a group gives to all of its tasks: `vault` and `secret`.
//!
//! Limits: keeps Nomad's results exactly, its quirk with secrets of groups included.

use model::{SecretBlockDraft, TaskDraft, TaskGroupDraft, VaultDraft};

/// What a job or a group gives to its tasks.
pub(super) struct Pushed {
    pub(super) vault: Option<VaultDraft>,
    pub(super) secrets: Option<Vec<SecretBlockDraft>>,
}

/// Gives a group's blocks to its tasks.
pub(super) fn push_group(pushed: &Pushed, group: &mut TaskGroupDraft) {
    for task in group.tasks.iter_mut().flatten() {
        push_vault(pushed, task);
        if let Some(secrets) = &pushed.secrets {
            match &mut task.secrets {
                // Nomad repeats the task's own secrets here instead of adding the group's.
                Some(own) => own.extend_from_within(..),
                None => task.secrets = Some(secrets.clone()),
            }
        }
    }
}

/// Gives a job's blocks to all tasks of its groups.
pub(super) fn push_job(pushed: &Pushed, groups: &mut [TaskGroupDraft]) {
    for task in groups.iter_mut().flat_map(|group| group.tasks.iter_mut().flatten()) {
        push_vault(pushed, task);
        if let Some(secrets) = &pushed.secrets {
            task.secrets.get_or_insert_default().extend(secrets.iter().cloned());
        }
    }
}

fn push_vault(pushed: &Pushed, task: &mut TaskDraft) {
    if task.vault.is_none() {
        task.vault.clone_from(&pushed.vault);
    }
}
