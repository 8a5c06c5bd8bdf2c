//! One check: a cargo command, what it needs, and how it went.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// How a check went.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It holds. With a detail worth showing, or none.
    Passed(String),
    /// It could not be made, and why. Never silent.
    Skipped(String),
    /// It does not hold.
    Failed(String),
}

/// A cargo command.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
    environment: Option<(&'static str, &'static str)>,
    need: Option<Need>,
    counts_tests: bool,
}

#[derive(Debug)]
enum Need {
    /// A part of the toolchain: without it the step fails, and the help says what to do.
    Component {
        probe: &'static [&'static str],
        help: &'static str,
    },
    /// A cargo subcommand that is installed when missing.
    Subcommand {
        probe: &'static [&'static str],
        install: &'static [&'static str],
    },
    /// A program of the system: without it the step is skipped.
    Program { name: &'static str, help: &'static str },
}

impl Step {
    pub(crate) const fn cargo(name: &'static str, arguments: &'static [&'static str]) -> Self {
        Self {
            name,
            arguments,
            environment: None,
            need: None,
            counts_tests: false,
        }
    }

    pub(crate) const fn needs(mut self, probe: &'static [&'static str], help: &'static str) -> Self {
        self.need = Some(Need::Component { probe, help });
        self
    }

    pub(crate) const fn installs(mut self, probe: &'static [&'static str], install: &'static [&'static str]) -> Self {
        self.need = Some(Need::Subcommand { probe, install });
        self
    }

    pub(crate) const fn skipped_without(mut self, name: &'static str, help: &'static str) -> Self {
        self.need = Some(Need::Program { name, help });
        self
    }

    pub(crate) const fn with(mut self, variable: &'static str, value: &'static str) -> Self {
        self.environment = Some((variable, value));
        self
    }

    pub(crate) const fn counting_tests(mut self) -> Self {
        self.counts_tests = true;
        self
    }

    /// Makes the check in the workspace at `root`.
    pub(crate) fn run(&self, root: &Path) -> anyhow::Result<Outcome> {
        if let Some(outcome) = self.unmet(root)? {
            return Ok(outcome);
        }
        let mut command = cargo(root, self.arguments);
        if let Some((variable, value)) = self.environment {
            command.env(variable, value);
        }
        if self.counts_tests {
            return count_tests(command);
        }
        Ok(if command.status()?.success() {
            Outcome::Passed(String::new())
        } else {
            Outcome::Failed(format!("`cargo {}` failed", self.arguments.join(" ")))
        })
    }

    /// What stands in the way, if something does and can't be installed.
    fn unmet(&self, root: &Path) -> anyhow::Result<Option<Outcome>> {
        Ok(match self.need {
            None => None,
            Some(Need::Component { probe, help }) => {
                (!answers(cargo(root, probe))).then(|| Outcome::Failed(format!("not installed: {help}")))
            }
            Some(Need::Program { name, help }) => {
                let mut probe = Command::new(name);
                probe.arg("--version");
                (!answers(probe)).then(|| Outcome::Skipped(help.to_owned()))
            }
            Some(Need::Subcommand { probe, install }) => {
                if answers(cargo(root, probe)) {
                    return Ok(None);
                }
                let command = format!("cargo {}", install.join(" "));
                eprintln!("installing with `{command}`: a few minutes, once");
                let installed = cargo(root, install).status()?.success();
                (!installed).then(|| Outcome::Skipped(format!("`{command}` failed")))
            }
        })
    }
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments);
    command
}

fn answers(mut command: Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Runs the tests, passes on what they print, and adds up what they report.
fn count_tests(mut command: Command) -> anyhow::Result<Outcome> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            std::io::stderr().write_all(&line)?;
            std::io::stderr().write_all(b"\n")?;
            tally.add(&String::from_utf8_lossy(&line));
        }
    }
    Ok(if child.wait()?.success() {
        Outcome::Passed(tally.to_string())
    } else {
        Outcome::Failed(tally.to_string())
    })
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    /// Adds a line like `test result: ok. 9 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            if let [number, what] = pair
                && let Ok(number) = number.parse::<usize>()
            {
                match *what {
                    "passed" => self.passed = self.passed.saturating_add(number),
                    "failed" => self.failed = self.failed.saturating_add(number),
                    "ignored" => self.ignored = self.ignored.saturating_add(number),
                    _ => {}
                }
            }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} ignored",
            self.passed, self.failed, self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn results_add_up() {
        let mut tally = Tally::default();
        tally.add("test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 1.94s");
        tally.add("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s");
        tally.add("9 passed");
        assert_eq!(tally.to_string(), "11 passed, 1 failed, 1 ignored");
    }
}
