//! Signals that reach a run while its command goes on. They are meant for the command.

#[cfg(unix)]
pub(super) use unix::Signals;
#[cfg(windows)]
pub(super) use windows::Signals;

#[cfg(unix)]
mod unix {
    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use rustix::termios::tcgetpgrp;
    use tokio::signal::unix::{SignalKind, signal};
    use tokio::sync::mpsc;

    use crate::model::error::{Error, ErrorKind};

    /// What ends a process that does not listen, and what people send on purpose.
    const HEEDED: [(SignalKind, Signal); 6] = [
        (SignalKind::hangup(), Signal::HUP),
        (SignalKind::interrupt(), Signal::INT),
        (SignalKind::quit(), Signal::QUIT),
        (SignalKind::terminate(), Signal::TERM),
        (SignalKind::user_defined1(), Signal::USR1),
        (SignalKind::user_defined2(), Signal::USR2),
    ];

    /// The signals that this process gets.
    pub(in crate::cli::commands::run) struct Signals {
        came: mpsc::UnboundedReceiver<Signal>,
        // So that there always is a next one to wait for.
        _more: mpsc::UnboundedSender<Signal>,
    }

    /// A signal that came.
    pub(in crate::cli::commands::run) struct Came(Signal);

    impl Signals {
        pub(in crate::cli::commands::run) fn listen() -> Result<Signals, Error> {
            let (more, came) = mpsc::unbounded_channel();
            let ignored = ignored();
            for (kind, number) in HEEDED {
                // A command inherits what is ignored, as `nohup` wants it, unless somebody listens.
                if ignored & (1 << (number.as_raw() - 1)) != 0 {
                    continue;
                }
                let mut stream = signal(kind).map_err(|error| {
                    Error::new(ErrorKind::Io, format!("could not listen to signals: {error}"))
                })?;
                let more = more.clone();
                tokio::spawn(
                    async move { while stream.recv().await.is_some() && more.send(number).is_ok() {} },
                );
            }
            Ok(Signals { came, _more: more })
        }

        pub(in crate::cli::commands::run) async fn next(&mut self) -> Came {
            match self.came.recv().await {
                Some(signal) => Came(signal),
                None => std::future::pending().await,
            }
        }
    }

    impl Came {
        /// Sends the signal to the command, unless whoever sent it has done so.
        pub(in crate::cli::commands::run) fn pass_on(self, child: Option<u32>) {
            let Some(pid) = child.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)) else { return };
            if matches!(self.0, Signal::INT | Signal::QUIT) && is_before_terminal() {
                return;
            }
            // It may have ended just now.
            let _ = kill_process(pid, self.0);
        }
    }

    /// Whether keys of a terminal send signals to this process, and then to the command as well: a second Ctrl-C means more to
    /// many programs than the first.
    fn is_before_terminal() -> bool {
        let foreground = std::fs::File::open("/dev/tty").ok().and_then(|terminal| tcgetpgrp(&terminal).ok());
        foreground == Some(getpgrp())
    }

    /// The signals that this process was started to ignore, a bit each, where the system tells.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }
}

#[cfg(windows)]
mod windows {
    use crate::model::error::{Error, ErrorKind};

    /// Ctrl-C, which a console tells all of its processes at once.
    pub(in crate::cli::commands::run) struct Signals(tokio::signal::windows::CtrlC);

    pub(in crate::cli::commands::run) struct Came;

    impl Signals {
        pub(in crate::cli::commands::run) fn listen() -> Result<Signals, Error> {
            tokio::signal::windows::ctrl_c()
                .map(Signals)
                .map_err(|error| Error::new(ErrorKind::Io, format!("could not listen to signals: {error}")))
        }

        pub(in crate::cli::commands::run) async fn next(&mut self) -> Came {
            match self.0.recv().await {
                Some(()) => Came,
                None => std::future::pending().await,
            }
        }
    }

    impl Came {
        /// The command knows.
        pub(in crate::cli::commands::run) fn pass_on(self, _child: Option<u32>) {}
    }
}
