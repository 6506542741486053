//! What a mock task prints, written as a real task's output is: to `<dir>/<task>.stdout.0`.
//!
//! One file per stream, without rotation: at most a million lines as the configuration bounds it.

use std::io::{self, Write};
use std::path::Path;

use driver::TaskConfig;
use sandbox::beneath::Root;

use super::config::{Command, Print};

/// Prints the first lines at once, and returns what goes on printing, if anything does.
///
/// # Errors
/// When a log file cannot be written.
pub(super) fn start(
    command: &Command,
    task: &TaskConfig,
) -> io::Result<Option<impl Future<Output = ()> + use<>>> {
    if task.logs.disabled {
        return Ok(None);
    }
    let stdout = Stream::open(&command.stdout, task, "stdout")?;
    let stderr = Stream::open(&command.stderr, task, "stderr")?;
    if stdout.is_none() && stderr.is_none() {
        return Ok(None);
    }
    Ok(Some(async move {
        tokio::join!(repeat(stdout), repeat(stderr));
    }))
}

struct Stream {
    file: std::fs::File,
    print: Print,
}

impl Stream {
    /// Opens the file and prints once; `None` when nothing will be repeated.
    fn open(print: &Print, task: &TaskConfig, name: &str) -> io::Result<Option<Self>> {
        if print.text.is_empty() {
            return Ok(None);
        }
        let name = format!("{}.{name}.0", task.id.task);
        let mut file = Root::open(&task.logs.dir)?.append_file(Path::new(&name), 0o644)?;
        file.write_all(print.text.as_bytes())?;
        Ok((print.repeat > 0).then(|| Self { file, print: print.clone() }))
    }
}

async fn repeat(stream: Option<Stream>) {
    let Some(Stream { mut file, print }) = stream else { return };
    for _ in 0..print.repeat {
        tokio::time::sleep(print.every).await;
        // A directory that is gone ends the output, as it would a real task's.
        if file.write_all(print.text.as_bytes()).is_err() {
            return;
        }
    }
}
