//! A command on a terminal, as somebody would use it.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// What runs on a terminal, and all that it has printed.
pub(crate) struct Terminal {
    child: Child,
    keys: File,
    seen: String,
    /// What was waited for already.
    read: usize,
}

impl Terminal {
    pub(crate) fn start(mut command: Command) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let side = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
        command.stdin(side()).stdout(side()).stderr(side()).env("TERM", "xterm");
        let child = command.spawn().unwrap();
        // The command has the other side to itself, so that reading ends when it does.
        drop(command);
        Terminal { child, keys: File::from(master), seen: String::new(), read: 0 }
    }

    /// Reads until this is printed. Gives what was printed before it, since the last time.
    pub(crate) fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                let before = self.seen[self.read..self.read + at].to_owned();
                self.read += at + text.len();
                return before;
            }
            assert!(self.more(), "it ended without {text:?}:\n{}", self.seen);
        }
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str) {
        self.keys.write_all(key.as_bytes()).unwrap();
    }

    /// The rest of what is printed, and the exit code.
    pub(crate) fn end(mut self) -> (String, i32) {
        while self.more() {}
        let code = self.child.wait().unwrap().code().unwrap();
        (self.seen[self.read..].to_owned(), code)
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 4096];
        // On Linux, reading fails when the other side is closed.
        let count = self.keys.read(&mut buffer).unwrap_or(0);
        self.seen.push_str(&String::from_utf8_lossy(&buffer[..count]).replace('\r', ""));
        count > 0
    }
}
