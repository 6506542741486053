//! `job status` of one job.

use api::view::{AllocStub, DeploymentView, EvalView, JobStub, JobSummary, JobView};

use super::alloc_table;
use super::eval::failures;
use super::job_list::status_text;
use crate::follow::deployment_block;
use crate::format::{Clock, KeyValue, Length, Table, metric_lines};

/// Everything that is shown of a job.
#[derive(Clone, Debug, Default)]
pub struct JobPage {
    /// The job.
    pub job: JobView,
    /// How its allocations are.
    pub summary: JobSummary,
    /// Its evaluations.
    pub evals: Vec<EvalView>,
    /// Its newest deployment.
    pub deployment: Option<DeploymentView>,
    /// Its allocations.
    pub allocs: Vec<AllocStub>,
    /// Its launched or dispatched jobs.
    pub children: Vec<JobStub>,
    /// When it is launched next, with the distance; `None` when it is not periodic or nobody says.
    pub next_launch: Option<String>,
    /// Shows the evaluations.
    pub show_evals: bool,
    /// Shows nothing but the job itself.
    pub short: bool,
}

/// Returns the page of a job, without a final line break.
#[must_use]
pub fn job_status(page: &JobPage, clock: &Clock, length: Length) -> String {
    let head = head(page, clock);
    if page.short {
        return head;
    }
    let mut sections = vec![head];
    if page.job.periodic.is_some() || is_template(&page.job) {
        sections.extend(parameters(&page.job));
        sections.extend(children(page));
        return sections.join("\n\n");
    }
    sections.push(format!("Summary\n{}", summary_table(&page.summary)));
    if page.show_evals && !page.evals.is_empty() {
        sections.push(format!("Evaluations\n{}", evaluations(&page.evals, length)));
    }
    sections.extend(placement_failure(&page.evals));
    sections.extend(page.deployment.as_ref().map(|deployment| latest(deployment, clock, length)));
    sections.extend(actions(&page.job));
    sections.push(format!("Allocations\n{}", newest_first(&page.allocs, clock, length)));
    sections.join("\n\n")
}

fn head(page: &JobPage, clock: &Clock) -> String {
    let job = &page.job;
    let token = &job.dispatch_idempotency_token;
    KeyValue::new()
        .add("ID", &job.id)
        .add("Name", &job.name)
        .add("Submit Date", clock.absolute(job.submit_time))
        .add("Type", &job.job_type)
        .add("Priority", job.priority)
        .add("Datacenters", job.datacenters.join(","))
        .add("Namespace", &job.namespace)
        .add("Node Pool", &job.node_pool)
        .add("Status", status_text(&job.status, job.stop))
        .add("Periodic", job.periodic.is_some())
        .add("Parameterized", is_template(job))
        .add_some("Idempotency Token", (!token.is_empty()).then_some(token))
        .add_some("Next Periodic Launch", page.next_launch.as_ref())
        .render()
}

/// Returns how many allocations of which group are in which state.
#[must_use]
pub fn summary_table(summary: &JobSummary) -> String {
    let mut table =
        Table::new(&["Task Group", "Queued", "Starting", "Running", "Failed", "Complete", "Lost", "Unknown"]);
    for (name, group) in &summary.summary {
        let counts = [
            group.queued,
            group.starting,
            group.running,
            group.failed,
            group.complete,
            group.lost,
            group.unknown,
        ];
        table.row(std::iter::once(name.clone()).chain(counts.map(|count| count.to_string())));
    }
    table.render()
}

fn evaluations(evals: &[EvalView], length: Length) -> String {
    let mut sorted: Vec<&EvalView> = evals.iter().collect();
    sorted.sort_by_key(|eval| std::cmp::Reverse(eval.create_index));
    let mut table = Table::new(&["ID", "Priority", "Triggered By", "Status", "Placement Failures"]);
    for eval in sorted {
        table.row([
            length.id(&eval.id),
            &eval.priority.to_string(),
            &eval.triggered_by,
            &eval.status,
            &failures(eval),
        ]);
    }
    table.render()
}

/// Returns why the newest blocked evaluation could not place everything.
fn placement_failure(evals: &[EvalView]) -> Option<String> {
    let blocked = evals
        .iter()
        .filter(|eval| eval.status == "blocked" && !eval.failed_tg_allocs.is_empty())
        .max_by_key(|eval| eval.create_index)?;
    let groups: Vec<String> = blocked
        .failed_tg_allocs
        .iter()
        .map(|(group, metric)| format!("Task Group {group:?}:\n{}", metric_lines(metric, "  ").join("\n")))
        .collect();
    Some(format!("Placement Failure\n{}", groups.join("\n\n")))
}

fn latest(deployment: &DeploymentView, clock: &Clock, length: Length) -> String {
    let head = KeyValue::new()
        .add("ID", length.id(&deployment.id))
        .add("Status", &deployment.status)
        .add("Description", &deployment.status_description)
        .render();
    let block = deployment_block(deployment, clock, length);
    let deployed = block.split_once("\n\n").map_or("", |(_, deployed)| deployed);
    format!("Latest Deployment\n{head}\n\n{deployed}")
}

fn actions(job: &JobView) -> Option<String> {
    let mut table = Table::new(&["Action Name", "Task Group", "Task"]);
    for group in &job.task_groups {
        for task in &group.tasks {
            for action in &task.actions {
                table.row([&action.name, &group.name, &task.name].map(String::as_str));
            }
        }
    }
    (!table.is_empty()).then(|| format!("Actions\n{}", table.render()))
}

/// Returns allocations as a table, the newest first.
fn newest_first(allocs: &[AllocStub], clock: &Clock, length: Length) -> String {
    let mut sorted = allocs.to_vec();
    sorted.sort_by_key(|alloc| std::cmp::Reverse(alloc.create_index));
    alloc_table(&sorted, clock, length)
}

fn is_template(job: &JobView) -> bool {
    job.parameterized_job.is_some() && !job.dispatched
}

/// Returns what a dispatch may and must give.
fn parameters(job: &JobView) -> Option<String> {
    let rules = job.parameterized_job.as_ref()?;
    let rules = KeyValue::new()
        .add("Payload", &rules.payload)
        .add("Required Metadata", rules.meta_required.join(", "))
        .add("Optional Metadata", rules.meta_optional.join(", "))
        .render();
    Some(format!("Parameterized Job\n{rules}"))
}

fn children(page: &JobPage) -> Vec<String> {
    let counts = page.summary.children.clone().unwrap_or_default();
    let mut table = Table::new(&["Pending", "Running", "Dead"]);
    table.row([counts.pending, counts.running, counts.dead].map(|count| count.to_string()));
    let mut sections = vec![format!("Children Job Summary\n{}", table.render())];
    let (title, none) = if page.job.periodic.is_some() {
        ("Previously Launched Jobs", "No instances of periodic job found")
    } else {
        ("Dispatched Jobs", "No dispatched instances of parameterized job found")
    };
    if page.children.is_empty() {
        sections.push(none.to_owned());
        return sections;
    }
    let mut table = Table::new(&["ID", "Status"]);
    for child in &page.children {
        table.row([child.id.clone(), status_text(&child.status, child.stop)]);
    }
    sections.push(format!("{title}\n{}", table.render()));
    sections
}
