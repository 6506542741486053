//! One plain name per task, for its state directory and its cgroup.
//!
//! Bounds: at most 160 bytes of `[A-Za-z0-9._-]`; two tasks never share one.

use std::fmt::Write;

use driver::TaskId;

const LONGEST: usize = 160;

/// Returns `<alloc>.<task>`, other characters escaped as `_xx`; an overlong one ends in a hash of the whole.
pub(crate) fn task_name(id: &TaskId) -> String {
    let mut name = String::new();
    escape(&id.alloc, &mut name);
    name.push('.');
    escape(&id.task, &mut name);
    if name.len() > LONGEST {
        let hash = fnv(name.as_bytes());
        name.truncate(LONGEST - 17);
        write!(name, "-{hash:016x}").expect("text grows");
    }
    name
}

fn escape(text: &str, name: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => name.push(byte.into()),
            _ => write!(name, "_{byte:02x}").expect("text grows"),
        }
    }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_short_and_distinct() {
        let name = |alloc: &str, task: &str| task_name(&TaskId { alloc: alloc.into(), task: task.into() });
        assert_eq!(name("4f1c", "web-1"), "4f1c.web-1");
        assert_eq!(name("4f1c", "a b/../é"), "4f1c.a_20b_2f_2e_2e_2f_c3_a9");
        assert_ne!(name("a", "b.c"), name("a.b", "c"));
        let (long, other) = (name("a", &"x".repeat(400)), name("a", &"x".repeat(401)));
        assert_eq!(long.len(), LONGEST);
        assert_ne!(long, other);
    }
}
