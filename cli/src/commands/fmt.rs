//! `fmt`.
//!
//! Limits: files of at most 1 MiB, 10,000 of them, 32 levels of directories. Names that start with a dot are left
//! alone in directories.

use std::path::{Path, PathBuf};

use jobspec::{Format, Limits, RenderStyle, Source, format_text};

use crate::context::Context;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// Largest file that is laid out, in bytes.
const MAX_FILE: u64 = 1 << 20;
/// Most files in one run.
const MAX_FILES: usize = 10_000;
/// Deepest directory.
const MAX_DEPTH: usize = 32;

/// Rewrite HCL files in the canonical layout
///
/// Job files and configuration files are laid out: indents, the spaces between words, and the alignment of equals
/// signs and comments. Of directories the files ending in .nomad and .hcl are taken; without a path the current
/// directory. The names of files that changed are printed. A single dash reads stdin and prints the result.
#[derive(clap::Args, Debug)]
pub(super) struct FmtArgs {
    /// Exit with 1 if a file is not laid out; write nothing
    #[arg(long)]
    check: bool,

    /// Print the names of files that are not laid out
    #[arg(long, default_value = "true", value_name = "bool", action = clap::ArgAction::Set)]
    list: bool,

    /// Write the files
    #[arg(long, default_value = "true", value_name = "bool", action = clap::ArgAction::Set)]
    write: bool,

    /// Go into subdirectories
    #[arg(long)]
    recursive: bool,

    /// Files and directories; - reads stdin
    #[arg(value_name = "path")]
    paths: Vec<String>,
}

impl FmtArgs {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let colour = context.colour(&GlobalArgs::default());
        let style = if colour { RenderStyle::Coloured } else { RenderStyle::Plain };
        let mut run = Run { args: self, context, style, changed: false, failed: false };
        if self.paths == ["-"] {
            run.stdin();
        } else {
            let here = [".".to_owned()];
            let paths = if self.paths.is_empty() { &here[..] } else { &self.paths };
            for path in self.files(paths, &mut run) {
                run.file(&path);
            }
        }
        if run.failed || (self.check && run.changed) {
            return Err(CommandError::failed(""));
        }
        Ok(Exit::OK)
    }

    /// Returns the files to lay out, those of directories by name.
    fn files(&self, paths: &[String], run: &mut Run<'_>) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for path in paths {
            let path = Path::new(path);
            let listed = match std::fs::metadata(path) {
                Ok(what) if what.is_dir() => self.list_below(path, 0, &mut found),
                Ok(_) if is_hcl(path) => add(path.to_owned(), &mut found),
                Ok(_) => {
                    Err(format!("{}: only files ending in .nomad and .hcl are laid out", path.display()))
                }
                Err(error) => Err(format!("{}: {error}", path.display())),
            };
            if let Err(text) = listed {
                run.fail(&text);
            }
        }
        found
    }

    fn list_below(&self, directory: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
        if depth > MAX_DEPTH {
            return Err(format!("{} lies more than {MAX_DEPTH} levels deep", directory.display()));
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name());
        }
        names.sort();
        for name in names.iter().filter(|name| !name.to_string_lossy().starts_with('.')) {
            let path = if directory == Path::new(".") { PathBuf::from(name) } else { directory.join(name) };
            if path.is_dir() {
                if self.recursive && !path.is_symlink() {
                    self.list_below(&path, depth + 1, found)?;
                }
            } else if is_hcl(&path) {
                add(path, found)?;
            }
        }
        Ok(())
    }
}

fn add(path: PathBuf, found: &mut Vec<PathBuf>) -> Result<(), String> {
    if found.len() == MAX_FILES {
        return Err(format!("more than {MAX_FILES} files: name fewer directories"));
    }
    found.push(path);
    Ok(())
}

fn is_hcl(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "nomad" || ending == "hcl")
}

/// What one run has found so far.
struct Run<'a> {
    args: &'a FmtArgs,
    context: &'a Context<'a>,
    style: RenderStyle,
    changed: bool,
    failed: bool,
}

impl Run<'_> {
    fn fail(&mut self, text: &str) {
        self.failed = true;
        self.context.ui.warn(text);
    }

    fn stdin(&mut self) {
        let read = self.context.ui.read_input(MAX_FILE).map_err(|error| error.to_string());
        match read.and_then(utf8) {
            Ok(text) => {
                if let Some(laid_out) = self.laid_out("<stdin>", &text) {
                    self.context.ui.raw_out(laid_out.as_bytes());
                }
            }
            Err(reason) => self.fail(&format!("Error reading stdin: {reason}")),
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let text = match read_file(path) {
            Ok(text) => text,
            Err(reason) => return self.fail(&format!("Error reading {name}: {reason}")),
        };
        let Some(laid_out) = self.laid_out(&name, &text) else { return };
        let writes = self.args.write && !self.args.check;
        if laid_out != text {
            if self.args.list {
                self.context.ui.print(&name);
            }
            if writes && let Err(error) = std::fs::write(path, &laid_out) {
                self.fail(&format!("Error writing {name}: {error}"));
            }
        }
        if !self.args.list && !writes {
            self.context.ui.raw_out(laid_out.as_bytes());
        }
    }

    /// Returns the text laid out, and remembers whether it was so already.
    fn laid_out(&mut self, name: &str, text: &str) -> Option<String> {
        let source = Source { file_name: name.to_owned(), text: text.to_owned(), format: Format::Hcl };
        match format_text(source, Limits::default()) {
            Ok(laid_out) => {
                self.changed |= laid_out != text;
                Some(laid_out)
            }
            Err(found) => {
                self.fail(&format!("{}\n", found.to_rich_text(self.style)));
                None
            }
        }
    }
}

fn read_file(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_FILE {
        return Err(format!("it has {size} bytes; at most {MAX_FILE} are laid out"));
    }
    std::fs::read(path).map_err(|error| error.to_string()).and_then(utf8)
}

fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}
