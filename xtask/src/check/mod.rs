//! `cargo xtask test`: everything that must hold before a change is merged, with a summary at the end.

mod browser;
mod step;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use step::{Outcome, Step};

/// The version that the configuration was written for. Built without optimisation: two minutes rather than eight, and a
/// check takes a second either way.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// Runs every check, even after one has failed, and fails when one did.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let mut results = Vec::new();
    let steps = steps(root);
    let cargo = steps.iter().map(|step| (step.name, Some(step)));
    for (name, step) in cargo.chain([(browser::NAME, None)]) {
        eprintln!("\n==> {name}");
        let begun = Instant::now();
        let outcome = match step {
            Some(step) => step.run(root)?,
            None => browser::run(root)?,
        };
        if let Outcome::Skipped(reason) | Outcome::Failed(reason) = &outcome {
            eprintln!("{reason}");
        }
        results.push((name, outcome, begun.elapsed()));
    }

    eprintln!("\n==> summary");
    let mut failed = false;
    for (name, outcome, took) in &results {
        let (word, detail) = match outcome {
            Outcome::Passed(detail) => ("ok", detail.as_str()),
            Outcome::Skipped(reason) => ("SKIPPED", reason.as_str()),
            Outcome::Failed(reason) => ("FAILED", reason.as_str()),
        };
        failed |= matches!(outcome, Outcome::Failed(_));
        eprintln!("{word:>8}  {name:<28} {:>6.1} s  {detail}", took.as_secs_f64());
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn steps(root: &Path) -> Vec<Step> {
    let mut steps = vec![
        Step::cargo("formatting", &["fmt", "--all", "--check"])
            .needs(&["fmt", "--version"], "run `rustup component add rustfmt`"),
        Step::cargo(
            "lints",
            &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        )
        .needs(&["clippy", "--version"], "run `rustup component add clippy`"),
        Step::cargo("tests", &["test", "--workspace", "--no-fail-fast"]).counting_tests(),
        Step::cargo("documentation", &["doc", "--workspace", "--no-deps"]).with("RUSTDOCFLAGS", "-D warnings"),
        Step::cargo(
            "licences, bans and sources",
            &["deny", "check", "bans", "licenses", "sources"],
        )
        .installs(&["deny", "--version"], &["install", CARGO_DENY, "--locked", "--debug"]),
    ];
    if root.join("fuzz/Cargo.toml").exists() {
        // The fuzzer's runtime is C++.
        steps.push(
            Step::cargo("fuzz targets compile", &["check", "--manifest-path", "fuzz/Cargo.toml"])
                .skipped_without("c++", "needs a C++ compiler: install `g++` or `clang`"),
        );
    }
    steps
}
