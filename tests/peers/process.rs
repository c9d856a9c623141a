//! Servers as processes of their own: started, waited for by what they say, and ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longer than any start takes, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server on a port of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

impl Process {
    /// Starts a program of target/peers; the line with this text in it ends with the server's URL.
    pub(crate) fn start(program: &str, arguments: &[&str], text: &'static str) -> Self {
        let program = folder().join(program);
        assert!(program.exists(), "{} is missing: run tests/peers/install.sh", program.display());
        let mut command = Command::new(&program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let (sender, urls) = mpsc::sync_channel(1);
        let stdout = child.stdout.take().expect("piped");
        let stderr = child.stderr.take().expect("piped");
        let of_stdout = sender.clone();
        std::thread::spawn(move || read(stdout, text, &of_stdout));
        std::thread::spawn(move || read(stderr, text, &sender));
        let url = urls.recv_timeout(PATIENCE).expect("it says where it listens");
        Self { child, url }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads to the end, so that the process is never held up; hands over the URL when it comes.
fn read(output: impl Read, text: &str, urls: &mpsc::SyncSender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(url) = line.split_whitespace().last().filter(|_| line.contains(text)) {
            let _ = urls.try_send(url.replace("localhost", "127.0.0.1"));
        }
    }
}

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("peers")
}
