//! Which allocations of a job are restarted, and how many at a time.
//!
//! Limits: nothing is asked and nothing is printed here.

use api::view::AllocStub;

use crate::CommandError;

/// How many allocations are restarted at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BatchSize {
    /// So many.
    Count(usize),
    /// So many of a hundred, rounded up.
    Percent(usize),
}

impl BatchSize {
    /// Reads `3` or `20%`.
    pub(super) fn parse(text: &str) -> Result<BatchSize, CommandError> {
        let refused = || {
            CommandError::failed(format!(
                "Invalid -batch-size value {text:?}: must be a number above 0, or a percentage such as 20%"
            ))
        };
        let (number, percent) = text.strip_suffix('%').map_or((text, false), |number| (number, true));
        let number: usize = number.parse().ok().filter(|number| *number > 0).ok_or_else(refused)?;
        match percent {
            true if number > 100 => Err(refused()),
            true => Ok(BatchSize::Percent(number)),
            false => Ok(BatchSize::Count(number)),
        }
    }

    /// Returns the size of a batch of so many in all; at least one.
    pub(super) fn of(self, total: usize) -> usize {
        match self {
            BatchSize::Count(count) => count,
            BatchSize::Percent(percent) => (total * percent).div_ceil(100).max(1),
        }
    }
}

/// What of a job is restarted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice<'a> {
    /// Only these groups; all when there is none.
    pub(super) groups: &'a [String],
    /// Only these tasks; all when there is none.
    pub(super) tasks: &'a [String],
    /// Also tasks that are over.
    pub(super) all_tasks: bool,
}

impl Choice<'_> {
    /// Keeps what is restarted, oldest first.
    pub(super) fn keep(&self, mut allocs: Vec<AllocStub>) -> Vec<AllocStub> {
        allocs.retain(|alloc| self.wants(alloc));
        allocs.sort_by(|a, b| (a.create_index, &a.name).cmp(&(b.create_index, &b.name)));
        allocs
    }

    fn wants(&self, alloc: &AllocStub) -> bool {
        let runs = alloc.desired_status == "run" && alloc.client_status == "running";
        let of_group = self.groups.is_empty() || self.groups.contains(&alloc.task_group);
        runs && of_group && (self.tasks.is_empty() || !self.tasks_of(alloc).is_empty())
    }

    /// Returns the tasks of an allocation that are named and can be restarted.
    pub(super) fn tasks_of<'b>(&self, alloc: &'b AllocStub) -> Vec<&'b str> {
        let wanted = |(name, task): &(&String, &api::view::TaskStateView)| {
            self.tasks.contains(*name) && (self.all_tasks || task.state == "running")
        };
        alloc.task_states.iter().filter(wanted).map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the named groups and tasks that no allocation has.
    pub(super) fn unknown(&self, allocs: &[AllocStub]) -> Vec<String> {
        let groups =
            self.groups.iter().filter(|group| !allocs.iter().any(|alloc| alloc.task_group == **group));
        let tasks = self
            .tasks
            .iter()
            .filter(|task| !allocs.iter().any(|alloc| alloc.task_states.contains_key(*task)));
        let groups = groups.map(|group| format!("No allocations found for group {group:?}"));
        groups.chain(tasks.map(|task| format!("No allocations found for task {task:?}"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alloc(name: &str, group: &str, client: &str, tasks: &[(&str, &str)]) -> AllocStub {
        let states = tasks.iter().map(|(name, state)| {
            let task = api::view::TaskStateView { state: (*state).to_owned(), ..Default::default() };
            ((*name).to_owned(), task)
        });
        AllocStub {
            name: name.to_owned(),
            task_group: group.to_owned(),
            desired_status: "run".to_owned(),
            client_status: client.to_owned(),
            task_states: states.collect(),
            ..AllocStub::default()
        }
    }

    #[test]
    fn running_allocations_of_the_named_groups_and_tasks_are_chosen() {
        let allocs = vec![
            alloc("a", "web", "running", &[("server", "running"), ("init", "dead")]),
            alloc("b", "web", "failed", &[("server", "dead")]),
            alloc("c", "db", "running", &[("server", "dead"), ("log", "running")]),
        ];
        let names = |groups: &[&str], tasks: &[&str], all_tasks: bool| -> String {
            let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
            let (groups, tasks) = (owned(groups), owned(tasks));
            let choice = Choice { groups: &groups, tasks: &tasks, all_tasks };
            choice.keep(allocs.clone()).iter().map(|alloc| alloc.name.as_str()).collect()
        };
        assert_eq!(names(&[], &[], false), "ac");
        assert_eq!(names(&["db"], &[], false), "c");
        assert_eq!(names(&[], &["server"], false), "a");
        assert_eq!(names(&[], &["server"], true), "ac");
        assert_eq!(names(&["none"], &[], false), "");
        let (groups, tasks) = (vec!["none".to_owned()], vec!["ghost".to_owned()]);
        let unknown = Choice { groups: &groups, tasks: &tasks, all_tasks: false }.unknown(&allocs);
        assert_eq!(
            unknown,
            ["No allocations found for group \"none\"", "No allocations found for task \"ghost\""]
        );
    }

    #[test]
    fn batches_are_counted_or_a_share_of_all() {
        let size = |text: &str| BatchSize::parse(text).ok();
        assert_eq!(size("3").map(|size| size.of(10)), Some(3));
        assert_eq!(size("25%").map(|size| size.of(10)), Some(3));
        assert_eq!(size("1%").map(|size| size.of(1)), Some(1));
        assert_eq!([size("0"), size("101%"), size("x"), size("-1")], [None; 4]);
    }
}
