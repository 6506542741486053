//! The filter of system calls, as a program for the kernel's BPF machine.
//!
//! Built before the fork; a few hundred instructions, all jumps forward and short. The kernel remembers which calls
//! are always allowed, so that it runs only for those that are not.

use libc::{c_long, sock_filter};

use super::CapabilitySet;
use super::rules::{Answer, LAST_CALL, OLD_RULES, RULES, Rule, SYS_ADMIN};

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

/// Offsets in the kernel's `struct seccomp_data`; of arguments only the lower half matters here (little endian).
const CALL: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;

const LOAD: u32 = 0x20;
const JUMP_EQUAL: u32 = 0x15;
const JUMP_ABOVE: u32 = 0x25;
const JUMP_ANY_BIT: u32 = 0x45;
const RETURN: u32 = 0x06;

const ALLOW: u32 = 0x7fff_0000;
const KILL: u32 = 0x8000_0000;
const ERROR: u32 = 0x0005_0000;

/// Flags of `clone` that make namespaces.
const NEW_NAMESPACES: u32 = 0x7e02_0080;
/// Puts characters into the terminal's input, as if they had been typed.
const TIOCSTI: u32 = 0x5412;
const TIOCLINUX: u32 = 0x541c;
/// Sockets between a virtual machine and its host.
const AF_VSOCK: u32 = 40;
/// Harmless execution domains: Linux, 32 bit, and the old version number with either; and the question for it.
const PERSONALITIES: [u32; 5] = [0, 0x8, 0x2_0000, 0x2_0008, u32::MAX];

const fn statement(code: u32, k: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

const fn jump(code: u32, k: u32, yes: u8, no: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: yes, jf: no, k }
}

const fn error(number: i32) -> sock_filter {
    statement(RETURN, ERROR | number as u32)
}

fn number(call: c_long) -> u32 {
    u32::try_from(call).expect("numbers of system calls are small")
}

/// Returns the filter for a task that may at most have these capabilities.
pub(super) fn program(most: CapabilitySet) -> Vec<sock_filter> {
    let mut program = vec![
        statement(LOAD, ARCH),
        jump(JUMP_EQUAL, ARCHITECTURE, 1, 0),
        statement(RETURN, KILL),
        statement(LOAD, CALL),
        jump(JUMP_ABOVE, LAST_CALL, 0, 1),
        error(libc::ENOSYS),
    ];
    for rule in RULES.iter().chain(OLD_RULES).filter(|rule| applies(rule, most)) {
        let answer = match rule.answer {
            Answer::NotPermitted => error(libc::EPERM),
            Answer::NotThere => error(libc::ENOSYS),
        };
        program.extend([jump(JUMP_EQUAL, number(rule.call), 0, 1), answer]);
    }
    if !most.has(SYS_ADMIN) {
        let test = [jump(JUMP_ANY_BIT, NEW_NAMESPACES, 0, 1), error(libc::EPERM)];
        program.extend(by_argument(libc::SYS_clone, 0, &test));
    }
    let mut test = Vec::new();
    for request in [TIOCSTI, TIOCLINUX] {
        test.extend([jump(JUMP_EQUAL, request, 0, 1), error(libc::EPERM)]);
    }
    program.extend(by_argument(libc::SYS_ioctl, 1, &test));
    let test = [jump(JUMP_EQUAL, AF_VSOCK, 0, 1), error(libc::EAFNOSUPPORT)];
    program.extend(by_argument(libc::SYS_socket, 0, &test));
    let mut test = Vec::new();
    for personality in PERSONALITIES {
        test.extend([jump(JUMP_EQUAL, personality, 0, 1), statement(RETURN, ALLOW)]);
    }
    test.push(error(libc::EPERM));
    program.extend(by_argument(libc::SYS_personality, 0, &test));
    program.push(statement(RETURN, ALLOW));
    program
}

fn applies(rule: &Rule, most: CapabilitySet) -> bool {
    !rule.unless.is_some_and(|capability| most.has(capability))
}

/// Runs `test` on one argument of `call`; what the test does not answer is allowed.
fn by_argument(call: c_long, argument: u32, test: &[sock_filter]) -> Vec<sock_filter> {
    let length = u8::try_from(test.len() + 2).expect("tests are short");
    let mut block =
        vec![jump(JUMP_EQUAL, number(call), 0, length), statement(LOAD, ARGUMENTS + 8 * argument)];
    block.extend_from_slice(test);
    block.push(statement(RETURN, ALLOW));
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a program as the kernel does, on a call with two arguments.
    fn run(program: &[sock_filter], arch: u32, call: u32, arguments: [u32; 2]) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let step = program[at];
            at += 1;
            let taken = match u32::from(step.code) {
                LOAD => {
                    loaded = match step.k {
                        CALL => call,
                        ARCH => arch,
                        ARGUMENTS => arguments[0],
                        24 => arguments[1],
                        other => panic!("offset {other}"),
                    };
                    continue;
                }
                RETURN => return step.k,
                JUMP_EQUAL => loaded == step.k,
                JUMP_ABOVE => loaded > step.k,
                JUMP_ANY_BIT => loaded & step.k != 0,
                other => panic!("instruction {other:#x}"),
            };
            at += usize::from(if taken { step.jt } else { step.jf });
        }
    }

    fn check(most: CapabilitySet, call: c_long, arguments: [u32; 2]) -> &'static str {
        match run(&program(most), ARCHITECTURE, number(call), arguments) {
            ALLOW => "allowed",
            code if code == ERROR | libc::EPERM as u32 => "not permitted",
            code if code == ERROR | libc::ENOSYS as u32 => "not there",
            code if code == ERROR | libc::EAFNOSUPPORT as u32 => "no such family",
            other => panic!("{other:#x}"),
        }
    }

    #[test]
    fn calls_are_refused_by_number_and_by_argument() {
        let tasks = CapabilitySet::of_tasks();
        for (call, arguments, answer) in [
            (libc::SYS_read, [0, 0], "allowed"),
            (libc::SYS_execve, [0, 0], "allowed"),
            (libc::SYS_mount, [0, 0], "not permitted"),
            (libc::SYS_keyctl, [0, 0], "not permitted"),
            (libc::SYS_io_uring_setup, [0, 0], "not there"),
            (libc::SYS_clone3, [0, 0], "not there"),
            (467, [0, 0], "not there"),
            (0x4000_0001, [0, 0], "not there"),
            (libc::SYS_clone, [0x0011, 0], "allowed"),
            (libc::SYS_clone, [0x1000_0011, 0], "not permitted"),
            (libc::SYS_clone, [0x0000_0091, 0], "not permitted"),
            (libc::SYS_ioctl, [0, 0x5401], "allowed"),
            (libc::SYS_ioctl, [0, TIOCSTI], "not permitted"),
            (libc::SYS_socket, [2, 1], "allowed"),
            (libc::SYS_socket, [AF_VSOCK, 1], "no such family"),
            (libc::SYS_personality, [u32::MAX, 0], "allowed"),
            (libc::SYS_personality, [0x0040_0000, 0], "not permitted"),
            (libc::SYS_ptrace, [0, 0], "not permitted"),
        ] {
            assert_eq!(check(tasks, call, arguments), answer, "call {call} {arguments:x?}");
        }
    }

    #[test]
    fn a_capability_lifts_its_rules_and_no_others() {
        let admin = CapabilitySet::parse(&["sys_admin".to_owned(), "sys_ptrace".to_owned()]).expect("set");
        assert_eq!(check(admin, libc::SYS_mount, [0, 0]), "allowed");
        assert_eq!(check(admin, libc::SYS_ptrace, [0, 0]), "allowed");
        assert_eq!(check(admin, libc::SYS_clone, [0x1000_0011, 0]), "allowed");
        assert_eq!(check(admin, libc::SYS_keyctl, [0, 0]), "not permitted");
        assert_eq!(check(admin, libc::SYS_reboot, [0, 0]), "not permitted");
    }

    #[test]
    fn another_architecture_is_killed() {
        let program = program(CapabilitySet::ALL);
        assert_eq!(run(&program, 0x4000_0003, 1, [0, 0]), KILL);
        assert!(program.len() < 300, "{}", program.len());
    }
}
