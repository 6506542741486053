//! Blocks of a job that this client does not obey yet. They fail the setup of the task, and never pass unnoticed.

use model::{Task, TaskGroup};

/// Names what of a group cannot be obeyed; the model has the table.
pub(crate) fn unsupported_in_group(group: &TaskGroup) -> Option<String> {
    group.unsupported().into_iter().next()
}

/// Names what of a task cannot be obeyed; the model has the table.
pub(super) fn unsupported_in_task(task: &Task) -> Option<String> {
    task.unsupported().into_iter().next()
}

#[cfg(test)]
mod tests {
    use model::{NetworkAsk, Template};

    use super::*;

    #[test]
    fn what_is_not_obeyed_is_named() {
        let mut task = Task::default();
        assert_eq!(unsupported_in_task(&task), None);
        task.templates.push(Template::default());
        assert_eq!(unsupported_in_task(&task).as_deref(), Some("template blocks are not supported yet"));

        let mut group = TaskGroup::default();
        group.networks.push(NetworkAsk { mode: "host".to_owned(), ..NetworkAsk::default() });
        assert_eq!(unsupported_in_group(&group), None);
        group.networks[0].mode = "bridge".to_owned();
        let named = unsupported_in_group(&group);
        assert_eq!(named.as_deref(), Some("network mode \"bridge\" is not supported yet"));
    }
}
