//! The suite for `java`, with a class that runs a command of the host. Hosts without Java skip it.

use std::sync::Arc;

use builtin::java;
use driver::conformance::{self, Fixture, Script};
use driver::{Driver, TaskConfig};
use serde_json::json;

use crate::exec_fixture::{ExecHost, stdout};
use crate::fixture::FAMILY;
use crate::raw_exec::on_runtime;

pub(crate) const TESTS: &[(&str, fn())] =
    &[("java_passes_the_suite", passes_the_suite), ("a_jar_is_run_with_its_arguments", jar)];

/// A host with Java.
struct JavaHost(ExecHost);

impl JavaHost {
    fn new() -> Option<Self> {
        let found = std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join("java").exists()));
        found.then(ExecHost::new).flatten().map(Self)
    }

    /// A task whose class runs a shell script.
    fn shell(&self, script: &str, options: &[&str]) -> TaskConfig {
        let mut all = vec!["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m"];
        all.extend(options);
        let mut task = self.0.config(json!({
            "class": "Main", "class_path": "/local", "jvm_options": all, "args": ["/bin/sh", "-c", script],
        }));
        // A virtual machine needs more than a shell.
        task.resources.memory_mb = 256;
        std::fs::write(task.dirs.local.join("Main.class"), class()).expect("class");
        task
    }
}

/// Returns the class file of
/// `public class Main { public static void main(String[] a) throws Exception {
///   System.exit(new ProcessBuilder(a).inheritIO().start().waitFor()); } }`.
fn class() -> Vec<u8> {
    let mut pool: Vec<Vec<u8>> = Vec::new();
    let mut add = |entry: Vec<u8>| {
        pool.push(entry);
        u16::try_from(pool.len()).expect("a small pool")
    };
    let two = |tag: u8, a: u16, b: u16| [&[tag][..], &a.to_be_bytes(), &b.to_be_bytes()].concat();
    let mut text = |text: &str| {
        let length = u16::try_from(text.len()).expect("short").to_be_bytes();
        add([&[1][..], &length, text.as_bytes()].concat())
    };
    let names =
        ["Main", "java/lang/Object", "java/lang/ProcessBuilder", "java/lang/Process", "java/lang/System"];
    let names = names.map(&mut text);
    let members = [
        ("<init>", "([Ljava/lang/String;)V"),
        ("inheritIO", "()Ljava/lang/ProcessBuilder;"),
        ("start", "()Ljava/lang/Process;"),
        ("waitFor", "()I"),
        ("exit", "(I)V"),
        ("main", "([Ljava/lang/String;)V"),
    ]
    .map(|(name, kind)| (text(name), text(kind)));
    let code_name = text("Code");
    let classes = names.map(|name| add([&[7][..], &name.to_be_bytes()].concat()));
    let owners = [2, 2, 2, 3, 4];
    let methods: Vec<u16> = owners
        .iter()
        .zip(&members)
        .map(|(owner, (name, kind))| {
            let named = add(two(12, *name, *kind));
            add(two(10, classes[*owner], named))
        })
        .collect();
    let call = |opcode: u8, at: usize| [&[opcode][..], &methods[at].to_be_bytes()].concat();
    // new, dup, aload_0, then the calls, return
    let code = [
        [&[0xbb][..], &classes[2].to_be_bytes(), &[0x59, 0x2a]].concat(),
        call(0xb7, 0),
        call(0xb6, 1),
        call(0xb6, 2),
        call(0xb6, 3),
        call(0xb8, 4),
        vec![0xb1],
    ]
    .concat();
    let length = u32::try_from(code.len()).expect("short");
    let attribute = [&[0, 3, 0, 1][..], &length.to_be_bytes(), &code, &[0, 0, 0, 0]].concat();
    let size = u32::try_from(attribute.len()).expect("short").to_be_bytes();
    let (main_name, main_kind) = members[5];
    let header = [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52];
    let count = u16::try_from(pool.len() + 1).expect("a small pool").to_be_bytes();
    let parts: [&[u8]; 13] = [
        &header,
        &count,
        &pool.concat(),
        // public super, Main extends Object, no interfaces, no fields, one method: public static main
        &[0, 0x21],
        &classes[0].to_be_bytes(),
        &classes[1].to_be_bytes(),
        &[0, 0, 0, 0, 0, 1, 0, 9],
        &main_name.to_be_bytes(),
        &main_kind.to_be_bytes(),
        &[0, 1],
        &code_name.to_be_bytes(),
        &size,
        &attribute,
    ];
    [&parts.concat()[..], &[0, 0]].concat()
}

impl Fixture for JavaHost {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(java(self.0.options()))
    }

    fn task(&self, script: &Script) -> Option<TaskConfig> {
        Some(match script {
            Script::Exit(code) => self.shell(&format!("exit {code}"), &[]),
            Script::Run => self.shell("exec sleep 60", &[]),
            // A virtual machine that is asked to stop says so by its code.
            Script::Graceful => return None,
            // Without handlers of its own the first process of a namespace ignores what it is asked.
            Script::Stubborn => {
                self.shell("trap '' INT TERM; echo ready; while :; do sleep 0.01; done", &["-Xrs"])
            }
            Script::Family => self.shell(FAMILY, &[]),
            Script::Print(out, err) => self.shell(&format!("echo {out}; echo {err} >&2"), &[]),
            Script::Hog => self.shell("head -c 400000000 /dev/zero | tail", &[]),
            Script::Missing => {
                let mut task = self.shell("true", &[]);
                task.env.insert("PATH".to_owned(), "/nowhere".to_owned());
                task
            }
            Script::BadConfig => self.0.config(json!({ "class": "Main", "no_such_key": 1 })),
        })
    }

    fn survives(&self) -> bool {
        true
    }

    fn host_pids(&self, task: &TaskConfig, pids: &[i32]) -> Vec<i32> {
        self.0.host_pids(task, pids)
    }

    fn leftovers(&self, task: &TaskConfig) -> Vec<String> {
        Fixture::leftovers(&self.0, task)
    }
}

fn passes_the_suite() {
    let Some(host) = JavaHost::new() else { return };
    let report = on_runtime(conformance::run(&host));
    assert_eq!(report.not_applicable, ["a stop asks first"]);
    assert_eq!(report.passed.len(), 15);
}

fn jar() {
    let Some(host) = JavaHost::new() else { return };
    let driver = java(host.0.options());
    on_runtime(async {
        let mut task = host.shell("", &[]);
        task.config = match json!({
            "jar_path": "/local/main.jar", "jvm_options": ["-Xmx32m"], "args": ["/bin/echo", "from a jar"],
        }) {
            serde_json::Value::Object(block) => block,
            other => panic!("{other}"),
        };
        let pack = "import sys, zipfile\nz = zipfile.ZipFile('main.jar', 'w')\nz.write('Main.class')\n\
                    z.writestr('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\\nMain-Class: Main\\n')\nz.close()";
        let packed =
            std::process::Command::new("python3").args(["-c", pack]).current_dir(&task.dirs.local).status();
        assert!(packed.expect("python3").success());
        let handle = driver.start(task.clone()).await.expect("start");
        let exit = driver.wait(&handle.id).await.expect("exit");
        assert!(exit.is_success(), "{exit:?}");
        assert_eq!(std::fs::read_to_string(stdout(&task)).expect("log"), "from a jar\n");
        driver.destroy(&handle.id).await.expect("destroy");
        let found = driver.fingerprint().await;
        assert!(
            found.attributes["driver.java.version"].starts_with(|c: char| c.is_ascii_digit()),
            "{found:?}"
        );
    });
}
