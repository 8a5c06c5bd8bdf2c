//! The one place that writes to the terminal: reports to standard output, everything else to standard error.

use std::fmt::Display;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use palisade_report::TextOptions;

use crate::cli::{Colour, Screen};
use crate::failure::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Columns assumed where no terminal tells.
const DEFAULT_WIDTH: usize = 100;
/// Work shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes a report piece by piece.
pub(crate) type WriteReport = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()>>;

/// A text to hand out.
pub(crate) enum Report {
    /// For people: ANSI styles, which are stripped where they don't belong.
    Styled(String),
    /// For programs: handed out as it is.
    Plain(String),
    /// For programs, and too long to be held.
    Stream(WriteReport),
}

/// The terminal as the flags want it used.
pub(crate) struct Console {
    quiet: bool,
    verbose: bool,
}

impl Console {
    /// Sets up colour for the whole run.
    pub(crate) fn new(screen: &Screen) -> Self {
        let choice = match screen.color {
            _ if screen.no_color => ColorChoice::Never,
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        };
        choice.write_global();
        Self {
            quiet: screen.quiet,
            verbose: screen.verbose,
        }
    }

    /// How text is laid out here.
    pub(crate) fn text(&self) -> TextOptions {
        TextOptions {
            width: terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)),
            verbose: self.verbose,
        }
    }

    /// Hands a report out. A reader that has had enough (`| head`) is no error.
    pub(crate) fn hand_out(&self, report: Report, to: Option<&Path>) -> anyhow::Result<()> {
        let Some(file) = to else {
            return match write(report) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(error).context("cannot write the report")
                }
                _ => Ok(()),
            };
        };
        let written = match report {
            Report::Styled(text) => fs::write(file, anstream::adapter::strip_str(&text).to_string()),
            Report::Plain(text) => fs::write(file, text),
            Report::Stream(write) => fs::File::create(file).and_then(|file| buffered(write, file)),
        };
        written.with_context(|| format!("cannot write `{}`", file.display()))?;
        self.note(format_args!("wrote {}", file.display()));
        Ok(())
    }

    /// A remark for people.
    pub(crate) fn note(&self, message: impl Display) {
        if !self.quiet {
            complain(format_args!("{message}\n"));
        }
    }

    /// Shows a spinner while the work goes on for longer than a second on a terminal.
    pub(crate) fn progress(&self, what: &'static str) -> Progress {
        Progress::start(what, !self.quiet && io::stderr().is_terminal())
    }
}

fn write(report: Report) -> io::Result<()> {
    match report {
        Report::Styled(text) => {
            let mut out = AutoStream::auto(io::stdout().lock());
            out.write_all(text.as_bytes())?;
            out.flush()
        }
        Report::Plain(text) => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        }
        Report::Stream(write) => buffered(write, io::stdout().lock()),
    }
}

fn buffered(write: impl FnOnce(&mut dyn Write) -> io::Result<()>, to: impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(to);
    write(&mut out)?;
    out.flush()
}

/// Shows an error with its causes and what to do about it.
pub(crate) fn show(error: &anyhow::Error) {
    complain(format_args!("{ERROR}error:{ERROR:#} {error:#}\n"));
    let help = error.downcast_ref::<Failure>().map_or("", |failure| &failure.help);
    if !help.is_empty() {
        complain(format_args!("  {HELP}help:{HELP:#} {help}\n"));
    }
}

/// Writes to standard error. When that fails there is nobody left to tell.
fn complain(text: impl Display) {
    let _ = write!(AutoStream::auto(io::stderr().lock()), "{text}");
}

/// A spinner that shows up late and goes away when dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    showing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    fn start(what: &'static str, wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        let showing = wanted.then(|| {
            let (done, is_done) = mpsc::channel();
            let shown = bar.clone();
            let show_late = thread::spawn(move || {
                if is_done.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(Duration::from_millis(100));
                }
            });
            (done, show_late)
        });
        Self { bar, showing }
    }

    /// Says how far the work is.
    pub(crate) fn say(&self, message: String) {
        self.bar.set_message(message);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, show_late)) = self.showing.take() {
            drop(done);
            let _ = show_late.join();
        }
        self.bar.finish_and_clear();
    }
}
