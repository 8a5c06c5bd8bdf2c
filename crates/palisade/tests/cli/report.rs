//! Reports and attack trees.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{palisade, shop};

/// Every name in it is an attempt to leave its place, and every secret begins with `PLANTED`.
const HOSTILE: &str = include_str!("hostile.yaml");
const FILES: [&str; 4] = [
    "threat-model.html",
    "threat-model.md",
    "risk-register.csv",
    "attack-navigator.json",
];

fn reported(folder: &Path, input: &str) -> Vec<String> {
    fs::write(folder.join("input.yaml"), input).unwrap();
    let args = ["report", "input.yaml", "--out", "out/", "--as-of", "2026-11-26"];
    let run = palisade(folder, &args, "");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    FILES
        .iter()
        .map(|file| fs::read_to_string(folder.join("out").join(file)).unwrap())
        .collect()
}

/// What stands between two marks, each time.
fn between<'t>(text: &'t str, from: &'t str, to: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split(to).next())
}

#[test]
fn hostile_names_stay_names_and_no_secret_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = reported(folder.path(), HOSTILE);
    let [html, markdown, register, layer] = &files[..] else {
        panic!("four files");
    };
    for (name, text) in FILES.iter().zip(&files) {
        assert!(!text.contains("PLANTED"), "{name} tells a secret");
    }
    for markup in ["<script", "<img", "<svg/", "onload=\"", "]]>'", "{{", "{%"] {
        assert!(
            !html.contains(markup) || markup.starts_with('{'),
            "{markup} is in the HTML"
        );
    }
    assert!(html.contains("&#60;script&#62;alert(3)") || html.contains("&lt;script&gt;alert(3)"));
    // Not a template within a template.
    assert!(!html.contains("example.com/49"));
    // Between backticks nothing is markup.
    let prose: String = markdown.split('`').step_by(2).collect();
    assert!(!prose.contains("<script") && !prose.contains("<img"));
    let mut rows = register.lines();
    assert!(rows.next().unwrap().starts_with("system,risk"));
    for row in rows {
        for cell in row.split(',') {
            let cell = cell.trim_matches('"');
            assert!(!cell.starts_with(['=', '+', '@']), "{cell} would run");
        }
    }
    let layer: Value = serde_json::from_str(layer).unwrap();
    assert_eq!(layer["versions"]["layer"], "4.5");

    let told = [
        &["compliance", "input.yaml", "--format", "csv"][..],
        &["compliance", "input.yaml", "--format", "markdown"],
        &["compliance", "input.yaml", "--format", "json"],
        &["questions", "input.yaml", "-v"],
        &["questions", "input.yaml", "--format", "json"],
    ];
    for args in told {
        let run = palisade(folder.path(), args, "");
        assert_eq!(run.code, Some(0), "{args:?}: {}", run.stderr);
        assert!(!run.stdout.contains("PLANTED"), "{args:?} tells a secret");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_and_all_links_lead_somewhere() {
    let folder = shop();
    let input = fs::read_to_string(folder.path().join("shop.yaml")).unwrap();
    let first = reported(folder.path(), &input);
    let documents: Vec<&str> = input.rsplit("---\n").collect();
    let again = reported(folder.path(), &input);
    assert_eq!(first, again);
    assert!(documents.len() > 3);
    let html = first.first().unwrap();
    let ids: Vec<&str> = between(html, " id=\"", "\"").collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len());
    for id in between(html, "href=\"#", "\"") {
        assert!(known.contains(id), "nothing is called {id}");
    }
    for part in [
        "plan", "risk", "system", "paths", "trees", "threats", "attack", "findings",
    ] {
        assert!(known.contains(&*format!("s1-{part}")), "{part} is missing");
    }
    // Each row of the register has its risk, and says where that comes from.
    let register = first.get(2).unwrap();
    assert!(register.lines().count() > 1);
    assert!(register.contains("input.yaml:"));
}

#[test]
fn the_name_of_the_file_tells_the_format() {
    let folder = shop();
    for (file, begins) in [("a.md", "# Threat model"), ("b.csv", "system,risk"), ("c.json", "{")] {
        let run = palisade(folder.path(), &["report", "shop.yaml", "--output", file], "");
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.starts_with(begins), "{file}: {}", text.get(..80).unwrap_or(&text));
    }
}

#[test]
fn mistakes_are_told_before_any_work() {
    let folder = shop();
    let fails = |args: &[&str], says: &str| {
        let run = palisade(folder.path(), args, "");
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.stderr.contains(says), "{args:?}: {}", run.stderr);
    };
    fails(&["report", "shop.yaml", "--out", "a.pdf"], "does not tell the format");
    fails(
        &["report", "shop.yaml", "--out", "a.html", "--audience", "press"],
        "auditor",
    );
    fails(
        &[
            "report",
            "shop.yaml",
            "--out",
            "a.html",
            "--source",
            "javascript:alert(1)//{file}",
        ],
        "must begin with https://",
    );
    fails(
        &[
            "report",
            "shop.yaml",
            "--out",
            "a.html",
            "--source",
            "https://example.com/",
        ],
        "{file}",
    );
    fails(&["report", "nothing-here", "--out", "a.html"], "nothing-here");
    fails(
        &["tree", "Deployment/shop/nobody", "shop.yaml"],
        "no attack step is about",
    );
}

#[test]
fn a_tree_is_told_as_text_picture_and_json() {
    let folder = shop();
    let run = |format| {
        palisade(
            folder.path(),
            &["tree", "Deployment/core/back", "shop.yaml", "-f", format],
            "",
        )
    };
    let text = run("text");
    assert_eq!(text.code, Some(0), "{}", text.stderr);
    assert!(
        text.stdout.contains("1 Deployment/core/back, computing power"),
        "{}",
        text.stdout
    );
    assert!(text.stdout.contains("shop.yaml:"), "{}", text.stdout);
    let picture = run("svg").stdout;
    assert!(picture.starts_with("<svg xmlns=") && picture.trim_end().ends_with("</svg>"));
    let json: Value = serde_json::from_str(&run("json").stdout).unwrap();
    assert_eq!(json.pointer("/systems/0/tree/asset").unwrap(), "Deployment/core/back");
}
