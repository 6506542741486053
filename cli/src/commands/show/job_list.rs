//! Lists of jobs.

use api::view::JobStub;

use crate::format::{Clock, Table};

/// Returns jobs as a table, or says that there are none; `namespaces` adds their column.
#[must_use]
pub fn job_list(jobs: &[JobStub], clock: &Clock, namespaces: bool) -> String {
    if jobs.is_empty() {
        return "No running jobs".to_owned();
    }
    let mut header = vec!["ID"];
    header.extend(namespaces.then_some("Namespace"));
    header.extend(["Type", "Priority", "Status", "Submit Date"]);
    let mut table = Table::new(&header);
    for job in jobs {
        let mut row = vec![job.id.clone()];
        row.extend(namespaces.then(|| job.namespace.clone()));
        row.push(kind(job));
        row.push(job.priority.to_string());
        row.push(status_text(&job.status, job.stop));
        row.push(clock.absolute(job.submit_time));
        table.row(row);
    }
    table.render()
}

/// Returns a status, and whether the job was stopped.
pub(super) fn status_text(status: &str, stopped: bool) -> String {
    if stopped { format!("{status} (stopped)") } else { status.to_owned() }
}

fn kind(job: &JobStub) -> String {
    if job.periodic {
        format!("{}/periodic", job.job_type)
    } else if job.parameterized_job {
        format!("{}/parameterized", job.job_type)
    } else {
        job.job_type.clone()
    }
}
