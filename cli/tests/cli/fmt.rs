//! `fmt`: files, directories, stdin, exit codes.

use std::path::Path;

use nomadctl::Environment;

use crate::{Ran, run, run_with};

const UGLY: &str = "job \"ugly\" {\ndatacenters=[\"dc1\",  \"dc2\"]\n group \"g\" {\n  count=1\n}\n}\n";
const NEAT: &str =
    "job \"ugly\" {\n  datacenters = [\"dc1\", \"dc2\"]\n  group \"g\" {\n    count = 1\n  }\n}\n";

/// A directory with files in and out of shape.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    for (name, text) in [
        ("b.nomad.hcl", UGLY),
        ("a.nomad", UGLY),
        ("neat.hcl", NEAT),
        ("notes.txt", "a=1"),
        (".hidden.hcl", UGLY),
        ("sub/c.hcl", UGLY),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs `fmt` on paths in a directory and shows its name as `DIR`.
fn fmt(folder: &Path, flags: &[&str], paths: &[&str]) -> Ran {
    let paths: Vec<String> = paths.iter().map(|path| folder.join(path).display().to_string()).collect();
    let words = ["fmt"].into_iter().chain(flags.iter().copied()).chain(paths.iter().map(String::as_str));
    let mut ran = run(&words.collect::<Vec<_>>());
    for text in [&mut ran.out, &mut ran.err] {
        *text = text.replace(&folder.display().to_string(), "DIR").replace("DIR/\n", "DIR\n");
    }
    ran
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_check_names_the_file_and_exits_with_1_until_it_is_laid_out() {
    let folder = folder();
    let check = || fmt(folder.path(), &["-check", "-list=true"], &["b.nomad.hcl"]);
    let ran = check();
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (1, "DIR/b.nomad.hcl\n", ""));
    assert_eq!(read(folder.path(), "b.nomad.hcl"), UGLY);
    let ran = fmt(folder.path(), &[], &["b.nomad.hcl"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "DIR/b.nomad.hcl\n", ""));
    assert_eq!(read(folder.path(), "b.nomad.hcl"), NEAT);
    let ran = check();
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn directories_give_their_job_files_and_subdirectories_only_when_asked() {
    let folder = folder();
    let ran = fmt(folder.path(), &["-check"], &[""]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "DIR/a.nomad\nDIR/b.nomad.hcl\n"));
    let ran = fmt(folder.path(), &["-recursive"], &[""]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "DIR/a.nomad\nDIR/b.nomad.hcl\nDIR/sub/c.hcl\n"));
    assert_eq!(read(folder.path(), "sub/c.hcl"), NEAT);
    assert_eq!(read(folder.path(), ".hidden.hcl"), UGLY);
    assert_eq!(fmt(folder.path(), &["-recursive"], &[""]).out, "");
}

#[test]
fn without_list_and_write_the_text_is_printed() {
    let folder = folder();
    let ran = fmt(folder.path(), &["-list=false", "-write=false"], &["b.nomad.hcl"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, NEAT));
    assert_eq!(read(folder.path(), "b.nomad.hcl"), UGLY);
}

#[test]
fn a_dash_reads_stdin_and_prints_the_text() {
    let ran = run_with(&["fmt", "-"], Environment::default(), UGLY);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, NEAT, ""));
    let ran = run_with(&["fmt", "-check", "-"], Environment::default(), UGLY);
    assert_eq!(ran.code, 1);
    assert_eq!(run_with(&["fmt", "-check", "-"], Environment::default(), NEAT).code, 0);
}

#[test]
fn a_broken_file_is_explained_and_the_others_are_laid_out() {
    let folder = folder();
    std::fs::write(folder.path().join("aa.hcl"), "a = 1\nb = = 2\n").unwrap();
    let ran = fmt(folder.path(), &[], &["aa.hcl", "b.nomad.hcl", "notes.txt", "missing.hcl"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "DIR/b.nomad.hcl\n"));
    assert!(ran.err.contains("DIR/aa.hcl:2:5"), "{}", ran.err);
    assert!(ran.err.contains("DIR/notes.txt: only files ending in .nomad and .hcl"), "{}", ran.err);
    assert!(ran.err.contains("DIR/missing.hcl: No such file or directory"), "{}", ran.err);
    assert_eq!(read(folder.path(), "aa.hcl"), "a = 1\nb = = 2\n");
    assert_eq!(read(folder.path(), "b.nomad.hcl"), NEAT);
}
