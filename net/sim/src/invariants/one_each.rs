//! Of every instance of a job at most one is wanted that is not over: nothing is placed twice.
//!
//! Limits: canaries run beside what they replace, and so may the replacement of what a disconnected client runs.

use std::collections::BTreeMap;

use model::{Alloc, ClientStatus, DesiredStatus};
use state::State;

/// Returns the instances that are wanted more than once.
pub(crate) fn violations(state: &State) -> Vec<String> {
    let mut found = Vec::new();
    for job in state.jobs().filter(|job| !job.kind().is_system()) {
        let mut first: BTreeMap<(&str, u32), &Alloc> = BTreeMap::new();
        for alloc in state.allocs_of_job(&job.key()).filter(|alloc| counts(alloc)) {
            let place = (&*alloc.group, alloc.index);
            let Some(other) = first.insert(place, alloc) else { continue };
            found.push(format!(
                "job {} has two instances {}[{}]: {}; {}",
                job.key(),
                alloc.group,
                alloc.index,
                described(other),
                described(alloc)
            ));
        }
    }
    found
}

fn described(alloc: &Alloc) -> String {
    format!(
        "{} on node {}, version {}, {}, of evaluation {}, created at {}, changed at {}, after {}",
        alloc.id.short(),
        alloc.node.short(),
        alloc.job.version,
        alloc.client,
        alloc.eval.short(),
        alloc.create_index,
        alloc.modify_index,
        alloc.previous.short()
    )
}

fn counts(alloc: &Alloc) -> bool {
    alloc.desired == DesiredStatus::Run
        && !alloc.client_terminal()
        && alloc.client != ClientStatus::Unknown
        && !alloc.is_canary()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_instance_that_runs_twice_is_found() {
        let (nodes, job) = ([testkit::node(1), testkit::node(2)], Arc::new(testkit::job("web")));
        let state_of = |second: u32| {
            let allocs = [testkit::alloc(&job, 1, &nodes[0]), testkit::alloc(&job, second, &nodes[1])];
            let builder = state::Builder::new().job(Arc::clone(&job));
            let builder = nodes.iter().cloned().fold(builder, state::Builder::node);
            let mut allocs = allocs.to_vec();
            for (number, alloc) in allocs.iter_mut().enumerate() {
                alloc.id = model::AllocId::derive(&[number as u128, 7]);
            }
            builder.allocs(allocs).build()
        };
        assert_eq!(violations(&state_of(2)), Vec::<String>::new());
        assert_eq!(violations(&state_of(1)).len(), 1);
    }
}
