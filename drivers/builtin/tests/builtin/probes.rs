//! Escapes tried as root inside an `exec` task. None of them works.
//!
//! The probes are a script of the host's Python, which every task can read: system calls by number, and files of the
//! kernel. Each must end in an error, or find nothing; what succeeds is printed by name.

use driver::{Driver, TaskConfig};
use serde_json::json;

use crate::exec_fixture::{ExecHost, stdout};
use crate::raw_exec::on_runtime;

pub(crate) const TESTS: &[(&str, fn())] =
    &[("none_of_sixty_escapes_works_for_root_in_an_exec_task", none_of_sixty_escapes_works)];

/// What the probes are built from.
const TOOLS: &str = r#"
import ctypes, errno, os, socket, stat, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    ctypes.set_errno(0)
    result = libc.syscall(number, *[a if not isinstance(a, int) else ctypes.c_long(a) for a in args])
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
def write(path, text):
    with open(path, "w") as file:
        file.write(text)
def nothing(found):
    if not found:
        raise OSError(errno.ENOENT, "nothing found")
def node(kind, major, minor):
    path = "/node"
    try:
        os.mknod(path, kind | 0o600, os.makedev(major, minor))
        with open(path, "rb") as file:
            file.read(1)
    finally:
        if os.path.lexists(path):
            os.unlink(path)
def raw_socket(family, kind, protocol):
    socket.socket(family, kind, protocol).close()
def chroot_twice():
    os.makedirs("/inner", exist_ok=True)
    root = os.open("/", os.O_RDONLY)
    os.chroot("/inner")
    os.fchdir(root)
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
    nothing(os.path.exists(HOST_FILE))
def set_id():
    import subprocess
    path = "/local/setid"
    import shutil
    shutil.copy("/usr/bin/id", path)
    os.chmod(path, 0o4755)
    text = subprocess.run([path, "-u"], capture_output=True, text=True, user=65534).stdout
    nothing(text.strip() == "0")
def other_processes():
    own = os.getpgid(0)
    nothing([p for p in os.listdir("/proc") if p.isdigit() and int(p) != 1 and int(p) != os.getpid()])
def signal_all():
    # Everybody else whom this process could reach.
    libc.kill.restype = ctypes.c_int
    ctypes.set_errno(0)
    if libc.kill(-1, 0) < 0:
        raise OSError(ctypes.get_errno(), "nobody")
"#;

/// Name, and a Python expression that fails or finds nothing when the task is confined.
const PROBES: [(&str, &str); 72] = [
    ("mount a file system", r#"call(165, b"none", b"/tmp", b"tmpfs", 0, 0)"#),
    ("remount the root writable", r#"call(165, b"none", b"/usr", b"", 32 | 4096, 0)"#),
    ("bind a directory", r#"call(165, b"/proc", b"/tmp", b"", 4096, 0)"#),
    ("unmount what hides something", r#"call(166, b"/proc/kcore", 2)"#),
    ("open a mount tree", r#"call(428, -100, b"/", 1)"#),
    ("change a mount's attributes", r#"call(442, -100, b"/usr", 0, bytes(32), 32)"#),
    ("make a mount context", r#"call(430, b"proc", 0)"#),
    ("pivot the root", r#"call(155, b"/", b"/tmp")"#),
    ("chroot out of the root", "chroot_twice()"),
    ("make a user namespace", "call(272, 0x10000000)"),
    ("make a mount namespace", "call(272, 0x00020000)"),
    ("make a network namespace", "call(272, 0x40000000)"),
    ("clone into a user namespace", "call(56, 0x10000000 | 17, 0, 0, 0, 0)"),
    ("clone3", "call(435, bytes(88), 88)"),
    ("re-enter a namespace by file", r#"call(308, os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)"#),
    ("re-enter a namespace by pidfd", "call(308, call(434, 1, 0), 0x20000000)"),
    ("see processes of the host", "other_processes()"),
    ("signal processes of the host", "signal_all()"),
    ("trace a process", "call(101, 16, 1, 0, 0)"),
    ("read another's memory", "call(310, 1, bytes(16), 1, bytes(16), 1, 0)"),
    ("write another's memory", "call(311, 1, bytes(16), 1, bytes(16), 1, 0)"),
    ("take another's descriptor", "call(438, call(434, 1, 0), 0, 0)"),
    ("compare kernel objects", "call(312, 1, 1, 0, 0, 0)"),
    ("make and read the first disk", "node(stat.S_IFBLK, 254, 0)"),
    ("make and read a SCSI disk", "node(stat.S_IFBLK, 8, 0)"),
    ("make and read the host's memory", "node(stat.S_IFCHR, 1, 1)"),
    ("make and read the kernel's log", "node(stat.S_IFCHR, 1, 11)"),
    ("make and read even /dev/zero", "node(stat.S_IFCHR, 1, 5)"),
    ("make a device in /dev", r#"os.mknod("/dev/own", stat.S_IFCHR | 0o600, os.makedev(1, 5))"#),
    ("replace a device", r#"os.unlink("/dev/null")"#),
    ("open a raw socket", "raw_socket(socket.AF_INET, socket.SOCK_RAW, 1)"),
    ("open a packet socket", "raw_socket(socket.AF_PACKET, socket.SOCK_RAW, 3)"),
    ("open a socket to the hypervisor", "raw_socket(40, socket.SOCK_STREAM, 0)"),
    (
        "change the network",
        "[s := socket.socket(16, 3, 0), s.bind((0, 0)), __import__('fcntl').ioctl(s, 0x8914, b'lo' + bytes(14) + bytes(24))]",
    ),
    ("see control groups", r#"nothing(os.listdir("/sys/fs/cgroup"))"#),
    ("write a control group", r#"write("/sys/fs/cgroup/memory/nomad/own", "1")"#),
    ("add a key", r#"call(248, b"user", b"own", b"x", 1, -3)"#),
    ("ask for a key", r#"call(249, b"user", b"own", 0, 0)"#),
    ("join a session keyring", "call(250, 1, 0)"),
    ("read the kernel's keys", r#"nothing(open("/proc/keys").read())"#),
    ("read the kernel's memory", r#"nothing(open("/proc/kcore", "rb").read(1))"#),
    ("write core_pattern", r#"write("/proc/sys/kernel/core_pattern", "|/x")"#),
    ("write modprobe", r#"write("/proc/sys/kernel/modprobe", "/x")"#),
    ("write a setting of the network", r#"write("/proc/sys/net/ipv4/ip_forward", "1")"#),
    ("trigger the kernel", r#"write("/proc/sysrq-trigger", "h")"#),
    ("write an interrupt's affinity", r#"write("/proc/irq/default_smp_affinity", "1")"#),
    ("make out of memory kill others first", r#"write("/proc/self/oom_score_adj", "-1000")"#),
    ("write to sysfs", r#"write("/sys/kernel/mm/ksm/run", "0")"#),
    ("register a binary format", r#"write("/proc/sys/fs/binfmt_misc/register", ":x:M::x::/x:")"#),
    ("find the kernel's debug files", r#"nothing(os.listdir("/sys/kernel/debug"))"#),
    ("read the firmware", r#"nothing(os.listdir("/sys/firmware"))"#),
    ("write to the host's programs", r#"write("/usr/bin/own", "x")"#),
    ("write to the host's configuration", r#"write("/etc/own", "x")"#),
    ("replace a library", r#"os.rename("/lib/os-release", "/lib/own")"#),
    (
        "reach the host's root by /proc",
        r#"nothing(os.path.exists("/proc/1/root" + HOST_FILE) or os.path.exists("/proc/self/root" + HOST_FILE))"#,
    ),
    ("find the agent's files", "nothing(os.path.exists(HOST_FILE) or os.path.exists(STATE))"),
    (
        "find another task's directory",
        r#"nothing(os.path.exists("/alloc/../../") and os.path.exists(HOST_FILE))"#,
    ),
    (
        "open a file by its handle",
        "call(304, os.open('/', os.O_RDONLY), bytes([8,0,0,0,1,0,0,0,2,0,0,0,0,0,0,0]), 0)",
    ),
    ("gain rights by a set-user-id program", "set_id()"),
    ("load a program into the kernel", "call(321, 0, bytes(64), 64)"),
    ("watch the hardware", "call(298, bytes(128), 0, -1, -1, 0)"),
    ("use io_uring", "call(425, 8, bytes(128))"),
    ("handle page faults", "call(323, 0)"),
    ("load a kernel", "call(246, 0, 0, 0, 0)"),
    ("load a kernel from a file", "call(320, -1, -1, 0, 0, 0)"),
    ("load a module", r#"call(175, bytes(16), 16, b"")"#),
    ("unload a module", r#"call(176, b"own", 0)"#),
    ("reach the ports of the machine", "call(172, 3)"),
    ("set the time", "call(227, 0, bytes(16))"),
    ("set the host's name", r#"call(170, b"own", 3)"#),
    ("swap to a file", r#"call(167, b"/local/own", 0)"#),
    ("restart the machine", "call(169, 0xfee1dead, 672274793, 0x89abcdef, 0)"),
];

/// What a task may do: were one refused, the probes would prove nothing.
const ORDINARY: [(&str, &str); 7] = [
    ("write a file", r#"write("/local/own", "x")"#),
    ("use shared memory", r#"write("/dev/shm/own", "x")"#),
    ("read a device", r#"nothing(open("/dev/urandom", "rb").read(1))"#),
    ("change an owner", r#"os.chown("/local/own", 1, 1)"#),
    ("change the root to one below", r#"os.chroot("/usr")"#),
    ("open a socket", "raw_socket(socket.AF_INET, socket.SOCK_STREAM, 0)"),
    ("start a thread", "__import__('threading').Thread(target=len, args=('',)).start()"),
];
/// What a refusal looks like; anything else would be a mistake in a probe.
const REFUSALS: [&str; 7] = ["EPERM", "EACCES", "EROFS", "ENOENT", "ENOSYS", "EAFNOSUPPORT", "ESRCH"];

fn script() -> String {
    let mut script = String::from(TOOLS);
    script.push_str("probes = [\n");
    for (name, probe) in PROBES.into_iter().chain(ORDINARY) {
        script.push_str(&format!("    ({name:?}, lambda: {probe}),\n"));
    }
    script.push_str(
        r#"]
for name, probe in probes:
    child = os.fork()
    if child == 0:
        try:
            probe()
            print(name + ": works", flush=True)
        except (OSError, PermissionError) as error:
            print(name + ":", errno.errorcode.get(error.errno, error), flush=True)
        except BaseException as error:
            print(name + ": " + repr(error), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"#,
    );
    script
}

fn none_of_sixty_escapes_works() {
    let Some(host) = ExecHost::new() else { return };
    if cfg!(not(target_arch = "x86_64")) || !std::path::Path::new("/usr/bin/python3").exists() {
        return;
    }
    let driver = host.driver();
    on_runtime(async {
        let task = host.config(json!({ "command": "/usr/bin/python3", "args": ["/local/probes.py"] }));
        let mut task = TaskConfig { user: Some("root".to_owned()), ..task };
        task.resources.memory_mb = 256;
        let state = host.options().state_root;
        let head = format!("HOST_FILE = {:?}\nSTATE = {:?}\n", task.dirs.secrets, state);
        std::fs::write(task.dirs.local.join("probes.py"), head + &script()).expect("script");
        let before = std::fs::read_to_string("/proc/sys/kernel/core_pattern").expect("core_pattern");
        let handle = driver.start(task.clone()).await.expect("start");
        let exit = driver.wait(&handle.id).await.expect("exit");
        let text = std::fs::read_to_string(stdout(&task)).expect("log");
        let errors = std::fs::read_to_string(task.logs.dir.join("web 1.stderr.0")).expect("log");
        assert!(exit.is_success(), "{exit:?}\n{text}\n{errors}");
        for (name, _) in ORDINARY {
            assert!(text.lines().any(|line| line == format!("{name}: works")), "{name}: {text}");
        }
        let refused =
            |name: &str| REFUSALS.iter().any(|code| text.lines().any(|l| l == format!("{name}: {code}")));
        let others: Vec<&str> = PROBES.iter().map(|(name, _)| *name).filter(|name| !refused(name)).collect();
        assert!(others.is_empty(), "not refused: {others:#?}\n{text}");
        let after = std::fs::read_to_string("/proc/sys/kernel/core_pattern").expect("core_pattern");
        assert_eq!(after, before);
        driver.destroy(&handle.id).await.expect("destroy");
    });
}
