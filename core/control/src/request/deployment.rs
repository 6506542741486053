//! Requests about deployments: fail, pause, promote.

use model::{DeploymentId, DeploymentStatus, DeploymentUpdate, EvalId, EvalTrigger, Name, Timestamp};
use state::{Command, State};

use super::RequestError;
use super::job::eval_of;

/// The command that fails a deployment by hand.
///
/// # Errors
/// The deployment is not there, or is over.
pub fn fail_deployment(
    state: &State,
    now: Timestamp,
    id: DeploymentId,
    eval: EvalId,
) -> Result<Command, RequestError> {
    change(state, now, id, Some(eval), DeploymentStatus::Failed, "Deployment marked as failed", "fail")
}

/// The command that halts a deployment (`pause`), or lets it go on.
///
/// # Errors
/// The deployment is not there, or is over.
pub fn pause_deployment(
    state: &State,
    now: Timestamp,
    id: DeploymentId,
    pause: bool,
    eval: EvalId,
) -> Result<Command, RequestError> {
    if pause {
        return change(state, now, id, None, DeploymentStatus::Paused, "Deployment is paused", "pause");
    }
    change(state, now, id, Some(eval), DeploymentStatus::Running, "Deployment is running", "resume")
}

/// The command that promotes canaries of all groups, or of some.
///
/// # Errors
/// The deployment is not there, or is over. Whether its canaries are healthy is checked by `apply`.
pub fn promote_deployment(
    state: &State,
    now: Timestamp,
    id: DeploymentId,
    groups: Option<Vec<Name>>,
    eval: EvalId,
) -> Result<Command, RequestError> {
    let deployment = state.deployment(id).ok_or(RequestError::DeploymentNotFound(id))?;
    if !deployment.status.is_active() {
        return Err(RequestError::DeploymentTerminal { verb: "promote" });
    }
    Ok(Command::PromoteDeployment { id, groups, eval: follow_up(state, now, id, eval) })
}

fn change(
    state: &State,
    now: Timestamp,
    id: DeploymentId,
    eval: Option<EvalId>,
    status: DeploymentStatus,
    description: &str,
    verb: &'static str,
) -> Result<Command, RequestError> {
    let deployment = state.deployment(id).ok_or(RequestError::DeploymentNotFound(id))?;
    if !deployment.status.is_active() {
        return Err(RequestError::DeploymentTerminal { verb });
    }
    let eval = eval.and_then(|eval| follow_up(state, now, id, eval));
    let update = DeploymentUpdate { id, status, description: Name::from(description) };
    Ok(Command::SetDeploymentStatus { update, job: None, eval })
}

/// The evaluation that goes on after a change of a deployment; none when its job is gone.
pub(crate) fn follow_up(
    state: &State,
    now: Timestamp,
    id: DeploymentId,
    eval: EvalId,
) -> Option<Box<model::Eval>> {
    let deployment = state.deployment(id)?;
    let job = state.job(&deployment.job)?;
    let mut eval = eval_of(now, eval, job, EvalTrigger::DeploymentWatcher);
    eval.priority = deployment.eval_priority.max(1);
    eval.deployment = id;
    Some(Box::new(eval))
}
