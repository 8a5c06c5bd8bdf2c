//! Runs `kubectl kustomize` and `helm template`, where they are installed. Nothing here goes to the network: what would is
//! sorted out before.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use palisade_inventory::{Position, Tool};

use crate::document::Failure;

/// Rendering takes longer than this only if something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// Rendered text above this is not believable.
const LARGEST: u64 = 256 << 20;

/// The programs that render, as far as they are installed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renderers {
    kubectl: Option<PathBuf>,
    helm: Option<PathBuf>,
}

/// What is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// A kustomization.
    Kustomization,
    /// A Helm chart.
    Chart,
}

impl Renderers {
    /// Those on the search path.
    pub(crate) fn installed() -> Self {
        Self {
            kubectl: on_search_path("kubectl"),
            helm: on_search_path("helm"),
        }
    }

    /// Whether what renders `build` is installed.
    pub(crate) fn can(&self, build: Build) -> bool {
        self.program(build).is_some()
    }

    fn program(&self, build: Build) -> Option<&PathBuf> {
        match build {
            Build::Kustomization => self.kubectl.as_ref(),
            Build::Chart => self.helm.as_ref(),
        }
    }

    /// The manifests that `folder` renders to.
    pub(crate) fn render(&self, build: Build, folder: &Path) -> Result<Vec<u8>, Failure> {
        let program = self
            .program(build)
            .ok_or_else(|| failed(build, "its program is not installed"))?;
        let mut command = Command::new(program);
        match build {
            Build::Kustomization => command.arg("kustomize").arg(folder),
            Build::Chart => command.args(["template", "release"]).arg(folder),
        };
        // Should a remote part have been overlooked: git must not fetch it.
        command
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_TERMINAL_PROMPT", "0");
        match run(command, LARGEST) {
            Ok((status, output)) if status.success() && (output.len() as u64) < LARGEST => Ok(output),
            Ok((status, _)) if status.success() => Err(failed(build, "its output is too large")),
            // What the program says is not repeated: it may quote the files.
            Ok((status, _)) => Err(failed(build, &format!("it ended with {status}"))),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                Err(failed(build, "it took longer than 30 seconds"))
            }
            Err(_) => Err(failed(build, "it could not be run")),
        }
    }

    /// What the program that renders `build` says of its version.
    pub(crate) fn tool(&self, build: Build) -> Option<Tool> {
        let mut command = Command::new(self.program(build)?);
        let name = match build {
            Build::Kustomization => {
                command.args(["version", "--client"]);
                "kubectl"
            }
            Build::Chart => {
                command.args(["version", "--short"]);
                "helm"
            }
        };
        let (_, output) = run(command, 4096).ok()?;
        let text = String::from_utf8_lossy(&output);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let version = lines
            .join(", ")
            .replace("Client Version: ", "")
            .replace("Kustomize Version: ", "kustomize ");
        Some(Tool {
            name: name.to_owned(),
            version,
        })
    }
}

fn failed(build: Build, why: &str) -> Failure {
    let (program, help) = match build {
        Build::Kustomization => (
            "kubectl kustomize",
            "run `kubectl kustomize` on the folder to see what is wrong",
        ),
        Build::Chart => (
            "helm template",
            "run `helm template` on the folder to see what is wrong",
        ),
    };
    Failure::new(
        Position::default(),
        "render-failed",
        format!("`{program}` failed: {why}"),
        help,
    )
}

fn on_search_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Runs a program to its end, or ends it when patience does.
fn run(mut command: Command, largest: u64) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = child.stdout.take().map(|stdout| {
        thread::spawn(move || {
            let mut output = Vec::new();
            // What was read before an error still tells whether the program did its work; its status decides.
            let _ = stdout.take(largest).read_to_end(&mut output);
            output
        })
    });
    let status = wait(&mut child);
    let output = output.and_then(|reader| reader.join().ok()).unwrap_or_default();
    Ok((status?, output))
}

fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn script(text: &str) -> (tempfile::TempDir, Renderers) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("helm");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let renderers = Renderers {
            kubectl: None,
            helm: Some(path),
        };
        (folder, renderers)
    }

    #[test]
    fn what_is_rendered_is_what_the_program_writes() {
        let (_folder, renderers) = script("echo \"$1 $3\"");
        let rendered = renderers.render(Build::Chart, Path::new("chart"));
        assert_eq!(rendered, Ok(b"template chart\n".to_vec()));
        assert_eq!(renderers.tool(Build::Chart).unwrap().version, "version");
        assert!(!renderers.can(Build::Kustomization));
    }

    #[test]
    fn a_failure_is_told_without_quoting_the_program() {
        let (_folder, renderers) = script("echo hunter2 >&2; exit 3");
        let failure = renderers.render(Build::Chart, Path::new("chart")).unwrap_err();
        assert_eq!(failure.code, "render-failed");
        assert!(failure.reason.contains('3') && !failure.reason.contains("hunter2"));
    }
}
