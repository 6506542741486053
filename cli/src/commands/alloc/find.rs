//! Allocations by the beginning of their id, or by their job.

use api::view::{AllocStub, AllocView};
use api::{Client, JobQuery, Query, Reply};

use crate::CommandError;
use crate::commands::show;
use crate::context::Context;
use crate::format::Length;

/// What the beginning of an id stands for.
pub(crate) enum Found {
    One(Box<AllocStub>),
    /// A text that lists them.
    Several(String),
}

/// Looks for allocations whose id begins so.
pub(crate) async fn look_for(
    client: &Client,
    context: &Context<'_>,
    prefix: &str,
    length: Length,
) -> Result<Found, CommandError> {
    let query = Query::prefix(even_prefix(prefix)?);
    let asked = client.allocs().list(query).await;
    let mut reply = asked.map_err(|error| CommandError::request("querying allocation", &error))?;
    match reply.value.len() {
        0 => Err(CommandError::failed(format!("No allocation(s) with prefix or id {prefix:?} found"))),
        1 => Ok(Found::One(Box::new(reply.value.remove(0)))),
        _ => {
            let table = show::alloc_table(&reply.value, context.clock, length);
            Ok(Found::Several(format!("Prefix matched multiple allocations\n\n{table}")))
        }
    }
}

/// Returns the only allocation whose id begins so, or with `job` the newest running one of that job.
pub(super) async fn alloc_or_job(
    client: &Client,
    context: &Context<'_>,
    name: &str,
    job: bool,
) -> Result<AllocView, CommandError> {
    let id = if job {
        newest_of(client, name).await?
    } else {
        match look_for(client, context, name, Length::Short).await? {
            Found::One(alloc) => alloc.id,
            Found::Several(text) => return Err(CommandError::failed(text)),
        }
    };
    Ok(read(client, &id).await?.value)
}

/// Reads an allocation.
pub(super) async fn read(client: &Client, id: &str) -> Result<Reply<AllocView>, CommandError> {
    let asked = client.allocs().info(id).await;
    asked.map_err(|error| CommandError::request("querying allocation", &error))
}

async fn newest_of(client: &Client, job: &str) -> Result<String, CommandError> {
    let asked = client.jobs().allocations(job, JobQuery::Current).await;
    let reply = asked.map_err(|error| CommandError::request("querying job", &error))?;
    let rank = |alloc: &&AllocStub| (alloc.client_status == "running", alloc.create_index);
    let newest = reply.value.iter().max_by_key(rank).map(|alloc| alloc.id.clone());
    newest.ok_or_else(|| CommandError::failed(format!("No allocations for job {job:?} found")))
}

/// Returns the beginning of an id as agents want it: two digits at least, and an even number of them.
pub(crate) fn even_prefix(prefix: &str) -> Result<String, CommandError> {
    if prefix.len() < 2 {
        return Err(CommandError::failed("Identifier must contain at least two characters."));
    }
    let digits = prefix.chars().filter(|&digit| digit != '-').count();
    let whole = prefix.len() == 36 || digits % 2 == 0 || !prefix.is_ascii();
    let mut even = prefix.to_owned();
    if !whole {
        even.pop();
    }
    Ok(even.trim_end_matches('-').to_owned())
}

/// Returns the task that a command means: the named one, or the only one.
pub(super) fn choose_task(alloc: &AllocView, named: Option<&str>) -> Result<String, CommandError> {
    let invalid = |text: String| CommandError::failed(format!("Failed to validate task: {text}"));
    let id = crate::format::short_id(&alloc.id);
    let groups = alloc.job.iter().flat_map(|job| &job.task_groups);
    let mut tasks: Vec<&str> = groups
        .filter(|group| group.name == alloc.task_group)
        .flat_map(|group| &group.tasks)
        .map(|task| task.name.as_str())
        .collect();
    if tasks.is_empty() {
        tasks = alloc.task_states.keys().map(String::as_str).collect();
    }
    match (named, tasks.as_slice()) {
        (Some(name), tasks) if tasks.contains(&name) => Ok(name.to_owned()),
        (Some(name), tasks) => {
            let near = crate::format::nearest(name, tasks.iter().copied());
            let near = near.map(|near| format!(". Did you mean {near:?}?")).unwrap_or_default();
            Err(invalid(format!("Could not find task named: {name}, found:\n{}{near}", list(tasks))))
        }
        (None, [only]) => Ok((*only).to_owned()),
        (None, []) => Err(invalid(format!("Allocation {id:?} has no tasks"))),
        (None, several) => Err(invalid(format!(
            "Allocation {id:?} is running the following tasks:\n{}\n\nPlease specify the task.",
            list(several)
        ))),
    }
}

fn list(tasks: &[&str]) -> String {
    tasks.iter().map(|task| format!("  * {task}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::even_prefix;

    #[test]
    fn a_prefix_has_two_digits_at_least_and_loses_an_odd_one() {
        assert!(even_prefix("a").is_err());
        assert_eq!(even_prefix("c0f").unwrap(), "c0");
        assert_eq!(even_prefix("c0c23065").unwrap(), "c0c23065");
        assert_eq!(even_prefix("c0c23065-1").unwrap(), "c0c23065");
        let whole = "c0c23065-679e-c497-978a-c2b04da50e09";
        assert_eq!(even_prefix(whole).unwrap(), whole);
    }
}
