//! Words that are wrong, and help.

use expect_test::expect;
use nomadctl::Environment;

use crate::{run, run_with};

fn refused(words: &[&str]) -> String {
    let ran = run(words);
    assert_eq!(ran.out, "", "{words:?}");
    let first: Vec<&str> = ran.err.lines().take_while(|line| !line.starts_with("Usage:")).collect();
    format!("exit {}: {}", ran.code, first.join(" | ").trim_end_matches(" | "))
}

#[test]
fn unknown_commands_exit_with_127_and_name_the_nearest() {
    let ran = run(&["jbo"]);
    assert_eq!(
        (ran.code, ran.err.lines().next()),
        (127, Some("There is no command \"jbo\". Did you mean \"job\"?"))
    );
    assert!(ran.out.starts_with("Usage: nomadctl"));
    let ran = run(&["job", "runn"]);
    assert_eq!(ran.code, 127);
    assert!(ran.err.contains("Did you mean \"job run\"?"), "{}", ran.err);
    assert!(ran.out.starts_with("Usage: nomadctl job <subcommand>"), "{}", ran.out);
    assert_eq!(run(&[]).code, 127);
}

#[test]
fn groups_print_help_and_exit_with_1() {
    for group in ["job", "alloc", "node", "eval", "deployment", "server", "operator", "tls"] {
        let ran = run(&[group]);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{group}");
        assert!(ran.out.starts_with(&format!("Usage: nomadctl {group} <subcommand>")), "{}", ran.out);
    }
}

#[test]
fn wrong_flags_and_arguments_are_named() {
    expect![[r#"
        exit 1: flag provided but not defined: -adress (did you mean -address?)
        exit 1: invalid boolean value "maybe" for -json: expected true or false
        exit 1: flag needs an argument: -address
        exit 1: This command takes either no arguments or one: <job> | For additional help try 'nomadctl job status -help'
        exit 1: This command takes one argument: <path> | For additional help try 'nomadctl job run -help'
        exit 1: This command takes one argument: <path> | Flags come before arguments: move -detach to the front | For additional help try 'nomadctl job run -help'
        exit 1: invalid value 'many' for '-check-index <index>': invalid digit found in string | For additional help try 'nomadctl job run -help'
        exit 1: This command takes at least one argument: <job> | For additional help try 'nomadctl job stop -help'
        exit 1: This command takes one or two arguments: <allocation> <task> | For additional help try 'nomadctl alloc logs -help'
        exit 1: This command takes no arguments | For additional help try 'nomadctl server members -help'
        exit 255: flag provided but not defined: -bogus
        exit 255: This command takes one argument: <path> | For additional help try 'nomadctl plan -help'
        exit 1: Both json and template formatting are not allowed
        exit 1: Error initializing client: invalid address "foo": it must start with http://, https://, unix:// or quic://
        exit 1: Identifier must contain at least two characters."#]].assert_eq(
        &[
            refused(&["job", "status", "-adress=x"]),
            refused(&["job", "status", "-json=maybe"]),
            refused(&["job", "status", "-address"]),
            refused(&["job", "status", "a", "b"]),
            refused(&["job", "run"]),
            refused(&["job", "run", "x.hcl", "-detach"]),
            refused(&["job", "run", "-check-index=many", "x.hcl"]),
            refused(&["job", "stop"]),
            refused(&["alloc", "logs"]),
            refused(&["server", "members", "x"]),
            refused(&["job", "plan", "-bogus", "x"]),
            refused(&["plan"]),
            refused(&["job", "status", "-json", "-t", "x"]),
            refused(&["job", "status", "-address=foo"]),
            refused(&["alloc", "status", "a"]),
        ]
        .join("\n"),
    );
}

#[test]
fn flags_before_the_command_are_refused() {
    let ran = run(&["-address=http://x:1", "job", "status"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("-address=http://x:1 must follow the command"), "{}", ran.err);
}

#[test]
fn the_version_is_printed_by_flag_and_command() {
    let version = format!("nomadctl v{}\n", nomadctl::VERSION);
    for words in [["version"], ["-version"], ["--version"], ["-v"]] {
        let ran = run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (0, version.as_str()), "{words:?}");
    }
}

/// Every command that does something, by the words that reach it.
const COMMANDS: [&str; 56] = [
    "explain job",
    "explain alloc",
    "explain eval",
    "whatif drain",
    "whatif lose",
    "whatif add",
    "whatif run",
    "whatif scale",
    "run",
    "stop",
    "status",
    "plan",
    "validate",
    "init",
    "inspect",
    "logs",
    "fs",
    "alloc-status",
    "eval-status",
    "node-status",
    "server-members",
    "agent-info",
    "version",
    "job allocs",
    "job deployments",
    "job dispatch",
    "job eval",
    "job history",
    "job periodic force",
    "job promote",
    "job revert",
    "job scale",
    "job scaling-events",
    "job start",
    "job tag apply",
    "job tag unset",
    "job init",
    "job inspect",
    "job plan",
    "job run",
    "job status",
    "job stop",
    "job validate",
    "alloc fs",
    "alloc logs",
    "alloc status",
    "node status",
    "eval list",
    "eval status",
    "deployment list",
    "deployment status",
    "server members",
    "operator api",
    "operator raft list-peers",
    "tls ca create",
    "tls cert create",
];

#[test]
fn every_command_has_help_with_a_text_for_each_flag() {
    for name in COMMANDS {
        for flag in ["-h", "-help", "--help"] {
            let words: Vec<&str> = name.split(' ').chain([flag]).collect();
            let ran = run(&words);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name} {flag}");
            assert!(ran.out.starts_with(&format!("Usage: nomadctl {name} [options]")), "{}", ran.out);
            let lines: Vec<&str> = ran.out.lines().collect();
            for pair in lines.windows(2).filter(|pair| pair[0].starts_with("  -")) {
                assert!(pair[1].trim().len() > 5 && pair[1].starts_with("    "), "{name}: {}", pair[0]);
            }
        }
    }
}

#[test]
fn help_names_the_files_of_the_configuration_directory() {
    let text = run(&["job", "stop", "-help"]).out;
    expect![[r#"
        Usage: nomadctl job stop [options] <job>...

          Stop a running job

          Several jobs are stopped at once and then followed one after the other; the exit code is the first
          that is not 0.

        Arguments:
          <job>...
            Beginnings of the ids of jobs

        General Options:
          -address=<addr>
            Address of the agent: http://, https://, unix:// or quic://. Overrides NOMAD_ADDR. Default:
            http://127.0.0.1:4646
          -region=<region>
            Region to ask. Overrides NOMAD_REGION. Default: the agent's
          -namespace=<namespace>
            Namespace to ask; '*' lists all. Overrides NOMAD_NAMESPACE. Default: default
          -token=<token>
            Secret id of the ACL token. Overrides NOMAD_TOKEN
          -ca-cert=<path>
            CA certificate that agents are verified with. Overrides NOMAD_CACERT. Default: ca.pem in the
            configuration directory, $XDG_CONFIG_HOME/nomadctl or ~/.config/nomadctl
          -ca-path=<path>
            Directory of CA certificates. Overrides NOMAD_CAPATH
          -client-cert=<path>
            Own certificate. Overrides NOMAD_CLIENT_CERT. Default: cli.pem in the configuration directory
          -client-key=<path>
            Key of the own certificate. Overrides NOMAD_CLIENT_KEY. Default: cli-key.pem in the
            configuration directory
          -tls-server-name=<name>
            Name to expect in the agent's certificate. Overrides NOMAD_TLS_SERVER_NAME
          -tls-skip-verify
            Accept any certificate of the agent. Overrides NOMAD_SKIP_VERIFY
          -no-color
            Print without colours. NOMAD_CLI_NO_COLOR does the same
          -force-color
            Print colours even without a terminal. NOMAD_CLI_FORCE_COLOR does the same

        Stop Options:
          -detach
            Return after the job was told to stop
          -eval-priority=<priority>
            Priority of the evaluation instead of the job's
          -global
            Stop the job in all regions
          -no-shutdown-delay
            Skip the shutdown delays
          -purge
            Forget the job at once instead of waiting for the garbage collection
          -yes
            Do not ask
          -verbose
            Show whole ids
    "#]]
    .assert_eq(&text);
}

#[test]
fn the_environment_gives_address_and_the_flag_wins() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let address = format!("http://{closed}");
    let ran = run_with(&["job", "status"], Environment::of([("NOMAD_ADDR", &address)]), "");
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        format!(
            "Error querying jobs: Get \"{address}/v1/jobs\": dial tcp {closed}: connect: connection refused\nNo \
             agent listens there. Start one with 'nomadctl dev', or give -address or NOMAD_ADDR.\n"
        )
    );
    let env = Environment::of([("NOMAD_ADDR", "http://127.0.0.1:1")]);
    let ran = run_with(&["job", "status", "-address", &address], env, "");
    assert!(ran.err.contains(&closed), "{}", ran.err);
}
