//! Tests of a task in its own world. Hosts that cannot isolate skip them.

use std::fs;

use executor::link::{LaunchError, launch};
use executor::{Isolation, LaunchSpec, StartFailure};
use sandbox::isolate::{Bind, CapabilitySet, Plan, Rights, Share};
use sandbox::spawn::Identity;

use super::{Host, Test, ended, no_group_is_left};

pub(crate) const TESTS: &[Test] = &[
    ("an_isolated_task_sees_its_own_root_and_processes", sees_its_own_root_and_processes),
    ("an_isolated_task_has_no_more_rights_than_its_plan", has_no_more_rights_than_its_plan),
    ("the_mounts_of_an_isolated_task_show_nowhere_else", mounts_show_nowhere_else),
    ("what_an_isolated_task_lacks_is_named", what_it_lacks_is_named),
];

const BOUND: [&str; 6] = ["/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr"];

fn isolated(host: &Host, script: &str) -> LaunchSpec {
    let root = host.path("root");
    fs::create_dir_all(&root).expect("directory");
    let bind = |path: &&str| Bind { source: (*path).to_owned(), target: (*path).to_owned(), read_only: true };
    let mut spec = host.shell(script);
    spec.program = "sh".to_owned();
    spec.cwd = "/".to_owned();
    spec.identity = Some(Identity { uid: 0, gid: 0, groups: vec![0] });
    spec.isolation = Some(Isolation {
        plan: Plan {
            root: root.to_string_lossy().into_owned(),
            binds: BOUND.iter().filter(|path| fs::exists(path).expect("path")).map(bind).collect(),
            hidden: vec!["/etc/hostname".to_owned(), "/no/such/file".to_owned()],
            pid: Share::Private,
            ipc: Share::Private,
            rights: Rights { most: CapabilitySet::of_tasks(), ambient: CapabilitySet::EMPTY },
            no_pivot_root: false,
        },
        candidates: ["/local/sh", "/bin/sh"].map(str::to_owned).to_vec(),
    });
    spec
}

fn plan(spec: &mut LaunchSpec) -> &mut Plan {
    &mut spec.isolation.as_mut().expect("isolation").plan
}

/// Returns what a script prints, and asserts that it succeeds.
fn output(host: &Host, spec: &LaunchSpec) -> String {
    if host.state_dir().exists() {
        executor::link::destroy(&host.state_dir()).expect("destroy");
    }
    let before = host.log("t.stdout.0").len();
    let exit = ended(&host.launch(spec));
    assert_eq!((exit.code, exit.signal), (0, 0), "{}{}", host.log("t.stdout.0"), host.log("t.stderr.0"));
    no_group_is_left(spec);
    host.log("t.stdout.0").split_off(before)
}

fn cannot_isolate() -> bool {
    sandbox::isolate::missing().is_some()
}

fn sees_its_own_root_and_processes() {
    if cannot_isolate() {
        return;
    }
    let host = Host::new();
    let script = "echo $$; ls /; ls /dev; cat /etc/hostname; echo hidden; touch /own; ls /proc | grep -c '^[0-9]'; pwd";
    for no_pivot_root in [false, true] {
        let mut spec = isolated(&host, script);
        plan(&mut spec).no_pivot_root = no_pivot_root;
        let text = output(&host, &spec);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "1", "{text}");
        let root: Vec<&str> =
            lines.iter().skip(1).take_while(|l| **l != "core" && **l != "fd").copied().collect();
        let own = if no_pivot_root { vec!["own"] } else { vec![] };
        let mut expected: Vec<&str> =
            BOUND.iter().filter(|p| fs::exists(p).expect("path")).map(|p| &p[1..]).collect();
        expected.extend(["dev", "proc", "sys"].iter().chain(&own));
        expected.sort_unstable();
        assert_eq!(root, expected, "{text}");
        assert!(text.contains("\nhidden\n") && text.ends_with("\n/\n"), "{text}");
        assert!(text.contains("null\nptmx\npts\nrandom\nshm\n"), "{text}");
        assert!(host.path("root/own").exists());
    }
    let mut spec = isolated(&host, "ls -d /proc/[0-9]* | wc -l; pwd");
    plan(&mut spec).pid = Share::Host;
    spec.cwd = "/usr".to_owned();
    let text = output(&host, &spec);
    let (count, rest) = text.split_once('\n').expect("lines");
    assert!(count.parse::<u32>().expect("count") > 3 && rest == "/usr\n", "{text}");
}

fn has_no_more_rights_than_its_plan() {
    if cannot_isolate() {
        return;
    }
    let host = Host::new();
    let script =
        "grep -E '^(Cap|NoNew|Seccomp:)' /proc/self/status; id -u; ls -l /proc/self/fd | wc -l; ulimit -c";
    let root = output(&host, &isolated(&host, script));
    let most = "00000000a80425fb & ~net_raw";
    for line in ["CapPrm:\t00000000a80405fb", "CapBnd:\t00000000a80405fb", "NoNewPrivs:\t1", "Seccomp:\t2"] {
        assert!(root.lines().any(|found| found == line), "{line} ({most}): {root}");
    }
    let mut spec = isolated(&host, script);
    spec.identity = Some(Identity { uid: 65_534, gid: 65_534, groups: vec![65_534] });
    let nobody = output(&host, &spec);
    for line in
        ["CapEff:\t0000000000000000", "CapAmb:\t0000000000000000", "CapBnd:\t00000000a80405fb", "65534"]
    {
        assert!(nobody.lines().any(|found| found == line), "{line}: {nobody}");
    }
    plan(&mut spec).rights.ambient = CapabilitySet::parse(&["net_bind_service".to_owned()]).expect("set");
    let served = output(&host, &spec);
    assert!(served.contains("CapEff:\t0000000000000400"), "{served}");
    // Standard streams, the directory that `ls` reads, and the two lines around.
    assert!(root.lines().any(|line| line == "5"), "descriptors: {root}");
}

fn mounts_show_nowhere_else() {
    if cannot_isolate() {
        return;
    }
    let host = Host::new();
    let mounts = || fs::read_to_string("/proc/self/mountinfo").expect("mountinfo");
    let before = mounts();
    let spec = isolated(&host, "cat /proc/self/mountinfo; mkdir /own; exec sleep 60");
    let executor = host.launch(&spec);
    super::eventually("the mounts of the task", || host.log("t.stdout.0").contains("/dev/pts"));
    assert_eq!(mounts(), before);
    let inside = host.log("t.stdout.0");
    for (target, option) in
        [("/", "nosuid,nodev"), ("/usr", "ro,nosuid,nodev"), ("/sys", "ro,nosuid,nodev,noexec")]
    {
        let line = inside.lines().find(|line| line.split(' ').nth(4) == Some(target)).expect(target);
        assert!(line.contains(option), "{line}");
    }
    assert!(fs::read_dir(host.path("root/usr")).expect("mount point").next().is_none());
    executor.stop(9, std::time::Duration::ZERO).expect("stop");
    ended(&executor);
    no_group_is_left(&spec);
}

fn what_it_lacks_is_named() {
    if cannot_isolate() {
        return;
    }
    let host = Host::new();
    let failure = |change: &dyn Fn(&mut LaunchSpec)| {
        let mut spec = isolated(&host, "true");
        change(&mut spec);
        match launch(&host.program, &host.state_dir(), &spec) {
            Err(LaunchError::Task(failure)) => {
                assert!(!host.state_dir().exists());
                no_group_is_left(&spec);
                failure
            }
            other => panic!("{other:?}"),
        }
    };
    let missing = failure(&|spec| spec.isolation.as_mut().expect("isolation").candidates.truncate(1));
    let expected = "command \"sh\" not found in the task's root; looked for /local/sh";
    assert_eq!(missing.to_string(), expected);
    let nowhere = failure(&|spec| spec.cwd = "/no/such".to_owned());
    assert_eq!(nowhere, StartFailure::DirectoryNotFound("/no/such".to_owned()));
    let escape = failure(&|spec| plan(spec).binds[0].target = "../x".to_owned());
    assert!(escape.to_string().contains("must be relative to the task's root"), "{escape}");
    let absent = failure(&|spec| plan(spec).binds[0].source = "/no/such/dir".to_owned());
    assert_eq!(
        absent.to_string(),
        "cannot isolate the task: cannot mount /no/such/dir: No such file or directory (os error 2)"
    );
    std::os::unix::fs::symlink("/tmp", host.path("root/link")).expect("link");
    let link = failure(&|spec| plan(spec).binds[0].target = "/link/x".to_owned());
    assert!(link.to_string().contains("cannot make the mount point link/x"), "{link}");
}
