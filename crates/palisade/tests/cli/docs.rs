//! `docs/cli.md` is what the binary says of itself. `UPDATE_DOCS=1 cargo test -p palisade docs` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::palisade;

const VERBS: [&str; 23] = [
    "assess",
    "model",
    "threats",
    "paths",
    "blast-radius",
    "plan",
    "guard",
    "verify",
    "diff",
    "questions",
    "compliance",
    "report",
    "tree",
    "graph",
    "explain",
    "can",
    "who-can",
    "init",
    "catalogue",
    "pod-security",
    "reach",
    "completion",
    "version",
];

/// What `palisade catalogue` can do.
const CATALOGUE: [&str; 7] = ["list", "show", "stats", "eval", "test", "lint", "update"];

fn help(args: &[&str]) -> String {
    let run = palisade(Path::new("."), args, "");
    assert_eq!(run.code, Some(0));
    run.stdout.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn documentation() -> String {
    let mut text =
        String::from("# Command line\n\nGenerated from `palisade --help`; a test keeps it in step.\n\n## palisade\n\n");
    let _ = writeln!(text, "```text\n{}\n```", help(&["--help"]).trim_end());
    for verb in VERBS {
        let _ = writeln!(
            text,
            "\n## palisade {verb}\n\n```text\n{}\n```",
            help(&[verb, "--help"]).trim_end()
        );
        if verb == "catalogue" {
            for verb in CATALOGUE {
                let help = help(&["catalogue", verb, "--help"]);
                let _ = writeln!(
                    text,
                    "\n### palisade catalogue {verb}\n\n```text\n{}\n```",
                    help.trim_end()
                );
            }
        }
    }
    text
}

#[test]
fn the_documentation_is_in_step() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let documentation = documentation();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &documentation).unwrap();
    }
    let published = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        published == documentation,
        "{} is out of step: run the tests with UPDATE_DOCS=1",
        file.display()
    );
}

#[test]
fn every_verb_is_documented() {
    let help = help(&["--help"]);
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let verbs: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(verbs, [&VERBS[..], &["help"]].concat());
}
