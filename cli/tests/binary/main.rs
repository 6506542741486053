//! The real binary, driven as a person would: agents as processes, curl, kill -9, and a client that nobody here
//! wrote.
//!
//! `NOMADCTL_BINARY` names the binary (the release one in CI), otherwise cargo's own build is used. Tests run one
//! after another: they start clusters and watch for what is left behind.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "without a harness clippy does not know that these are tests, and their report is printed"
)]

mod bad_input;
mod cluster;
mod crash;
mod dev;
mod drains;
mod launches;
mod main_job;
mod process;
mod python_nomad;
mod rollout;
mod separate;
mod servers;
mod work_dir;

fn main() -> std::process::ExitCode {
    let tests: [(&str, fn()); 18] = [
        ("a_service_lives_through_its_whole_life_in_a_dev_cluster", main_job::whole_life),
        ("a_killed_dev_cluster_is_swept_by_the_next_start", dev::killed_cluster_is_swept),
        ("a_canary_runs_beside_the_old_version_until_it_is_promoted", rollout::canary_is_promoted),
        ("a_version_whose_check_fails_is_taken_back", rollout::failing_check_is_taken_back),
        ("a_version_without_progress_fails_at_its_deadline", rollout::progress_deadline_is_kept),
        ("a_drain_moves_two_allocations_at_a_time", drains::two_leave_at_a_time),
        ("a_drain_moves_everything_at_its_deadline", drains::all_leave_at_the_deadline),
        ("a_periodic_job_is_launched_at_every_tick", launches::a_cron_of_seconds),
        ("a_parameterized_job_runs_once_for_each_dispatch", launches::a_dispatch),
        ("python_nomad_runs_a_job", python_nomad::runs_a_job),
        ("bad_input_is_refused_and_changes_nothing", bad_input::refused),
        ("tasks_outlive_a_killed_client_agent", separate::client_agent_restarts),
        ("no_acknowledged_write_is_lost_when_leaders_are_killed", separate::leaders_are_killed),
        ("a_saved_state_comes_up_on_a_fresh_cluster", servers::snapshot_moves_to_a_fresh_cluster),
        ("servers_come_and_go", servers::servers_come_and_go),
        ("reads_are_answered_without_a_quorum", servers::reads_without_a_quorum),
        ("a_damaged_log_is_named", servers::damaged_log_is_named),
        ("no_acknowledged_write_is_lost_at_a_killed_system_call", crash::killed_at_system_calls),
    ];
    let filters: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let mut failed = 0;
    let mut passed = 0;
    for (name, test) in tests.into_iter().filter(|(name, _)| wanted(name)) {
        let started = std::time::Instant::now();
        let outcome = std::panic::catch_unwind(test);
        let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {verdict} ({:.1} s)", started.elapsed().as_secs_f64());
        if outcome.is_ok() { passed += 1 } else { failed += 1 }
    }
    println!(
        "\ntest result: {}. {passed} passed; {failed} failed; 0 ignored",
        if failed == 0 { "ok" } else { "FAILED" }
    );
    if failed == 0 { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
