//! Reports opened in headless Chromium and looked at by axe: `xtask/browser/check.mjs` says what must hold.

use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask::synth;

use super::step::Outcome;

pub(super) const NAME: &str = "reports in a browser";

/// Names under which Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// For whom reports are written and looked at.
const AUDIENCES: [&[&str]; 3] = [&[], &["--audience", "board"], &["--audience", "auditor"]];

/// Pods of the made-up cluster: more than any list of a report shows, and no more than a debug build takes a minute for.
const PODS: usize = 200;

/// No report is larger than this, whatever it tells of.
const MOST_BYTES: u64 = 4_000_000;

/// Writes reports of the example, of one whose every name is hostile, and of a made-up cluster, and opens them.
pub(super) fn run(root: &Path) -> anyhow::Result<Outcome> {
    if !answers("npm", &["--version"]) || !answers("node", &["--version"]) {
        return Ok(Outcome::Skipped(
            "needs Node.js with npm: install `nodejs` and `npm`".to_owned(),
        ));
    }
    let Some(browser) = browser() else {
        return Ok(Outcome::Skipped("needs Chromium: install `chromium`".to_owned()));
    };
    let folder = root.join("xtask/browser");
    if !folder.join("node_modules").exists() && !succeeds(Command::new("npm").arg("ci").current_dir(&folder)) {
        return Ok(Outcome::Skipped("`npm ci` in xtask/browser failed".to_owned()));
    }
    let reports = tempfile::tempdir()?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    if !succeeds(
        Command::new(&cargo)
            .args(["build", "--workspace", "--bin", "palisade"])
            .current_dir(root),
    ) {
        return Ok(Outcome::Failed("the build failed".to_owned()));
    }
    let binary = root
        .join("target/debug")
        .join(format!("palisade{}", env::consts::EXE_SUFFIX));
    let shop = root.join("examples/online-shop");
    let hostile = root.join("crates/palisade/tests/cli/hostile.yaml");
    let cluster = reports.path().join("cluster.json");
    // In this process: the tests before may have built this program anew, and its file is then another.
    let options = synth::Options {
        pods: PODS,
        seed: 1,
        layout: synth::Layout::Compact,
        managed_fields: false,
    };
    synth::write(options, BufWriter::new(File::create(&cluster)?))?;
    let mut written: Vec<(String, &Path, &[&str])> = vec![("cluster.html".to_owned(), &cluster, &[])];
    for (name, input) in [("shop", &shop), ("hostile", &hostile)] {
        for (number, audience) in AUDIENCES.iter().enumerate() {
            written.push((format!("{name}-{number}.html"), input, audience));
        }
    }
    let mut check = Command::new("node");
    check.arg("check.mjs").arg(browser).current_dir(&folder);
    for (name, input, audience) in written {
        let file = reports.path().join(name);
        let mut report = Command::new(&binary);
        report
            .arg("report")
            .arg(input)
            .arg("--quiet")
            .arg("--output")
            .arg(&file)
            .args(audience);
        if !succeeds(&mut report) {
            return Ok(Outcome::Failed(format!(
                "no report of `{}` was written",
                input.display()
            )));
        }
        let size = file.metadata()?.len();
        if size > MOST_BYTES {
            return Ok(Outcome::Failed(format!(
                "the report of `{}` has {size} bytes, and may have {MOST_BYTES}",
                input.display()
            )));
        }
        check.arg(file);
    }
    Ok(if succeeds(&mut check) {
        Outcome::Passed(String::new())
    } else {
        Outcome::Failed("see above".to_owned())
    })
}

/// Chromium, installed first where this is a machine for checks alone.
fn browser() -> Option<PathBuf> {
    // The driver wants the file, not its name.
    let there = || {
        let path = env::var_os("PATH")?;
        let mut files = env::split_paths(&path).flat_map(|folder| BROWSERS.map(|name| folder.join(name)));
        files.find(|file| answers(file, &["--version"]))
    };
    if there().is_none() && env::var_os("CI").is_some() && answers("apt-get", &["--version"]) {
        eprintln!("installing Chromium with apt-get");
        succeeds(Command::new("apt-get").args(["update", "-qq"]));
        succeeds(Command::new("apt-get").args(["install", "-y", "-qq", "chromium"]));
    }
    there()
}

fn answers(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    succeeds(
        Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
