//! No value that may be a secret is told by any verb in any format, on either stream or in any file.

use std::fs;
use std::path::Path;

use crate::common::palisade;

const SYSTEM: &str = include_str!("secrets.yaml");

/// Something to verify, which is broken by a path through all of it.
const INTENT: &str = r#"
assumptions:
  - name: the database is out of reach
    says: Nobody outside gets to the database.
    holds: '!reachable("External/internet", "StatefulSet/shop/db")'
"#;

/// The word itself (in small letters too), and what `data` of a Secret holds for it, whatever stands before or after.
const TRACES: [&str; 3] = ["PLANTED", "UExBTlRFR", "planted-"];

/// What each verb is asked, after its name. A verb that is not here fails the test.
fn questions(verb: &str) -> Option<Vec<Vec<&'static str>>> {
    let asked: &[&[&str]] = match verb {
        "assess" | "model" | "threats" | "paths" | "plan" | "verify" | "questions" | "compliance" | "graph" => {
            &[&["system.yaml"]]
        }
        "diff" => &[&["empty.yaml", "system.yaml"], &["system.yaml", "empty.yaml"]],
        "tree" => &[&["StatefulSet/shop/db", "system.yaml"]],
        "blast-radius" => &[&["Deployment/shop/web", "system.yaml"]],
        "report" => &[&["system.yaml", "--output", "out/"], &["system.yaml"]],
        "guard" => &[&["system.yaml", "--output", "guardrails"]],
        "explain" => &[
            &["Deployment/shop/web", "system.yaml"],
            &["Secret/shop/plain", "system.yaml"],
            &["ConfigMap/shop/settings", "system.yaml"],
        ],
        "can" => &[&[
            "--as",
            "system:serviceaccount:shop:web",
            "get",
            "secrets",
            "system.yaml",
        ]],
        "who-can" => &[&["get", "secrets", "system.yaml"]],
        "reach" => &[&["shop/web", "shop/db", "system.yaml"], &["--all", "system.yaml"]],
        "init" => &[&["system.yaml", "--output", "out/palisade.yaml", "--force"]],
        "pod-security" => &[&["system.yaml"], &["system.yaml", "--level", "restricted"]],
        // These read no artefacts.
        "catalogue" | "completion" | "version" | "help" => &[],
        _ => return None,
    };
    Some(asked.iter().map(|words| words.to_vec()).collect())
}

/// The verbs that the binary has, as its help lists them.
fn verbs(folder: &Path) -> Vec<String> {
    let help = palisade(folder, &["--help"], "").stdout;
    let (_, list) = help.split_once("Commands:").unwrap();
    let (list, _) = list.split_once("Options:").unwrap();
    let verbs: Vec<String> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    assert!(verbs.len() > 20, "{verbs:?}");
    verbs
}

/// The formats that a verb has, as it lists them to whoever names none of them.
fn formats(folder: &Path, verb: &str) -> Vec<String> {
    let refusal = palisade(folder, &[verb, "--format", "none-of-them"], "").stderr;
    let list = refusal
        .split_once("[possible values: ")
        .and_then(|(_, rest)| rest.split_once(']'));
    list.map(|(names, _)| names.split(", ").map(str::to_owned).collect())
        .unwrap_or_default()
}

fn holds_nothing(text: &str, of: &str) {
    for trace in TRACES {
        let found = text.find(trace).map(|at| {
            let from = text.floor_char_boundary(at.saturating_sub(120));
            let to = text.ceil_char_boundary(at + 40);
            text.get(from..to).unwrap_or_default()
        });
        assert_eq!(found, None, "{of} tells a secret");
    }
}

fn files_hold_nothing(folder: &Path, of: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_hold_nothing(&path, of);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            holds_nothing(&text, &format!("{of}: {}", path.display()));
        }
    }
}

#[test]
fn no_verb_tells_a_secret_in_any_format() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("system.yaml"), SYSTEM).unwrap();
    fs::write(folder.join("palisade.yaml"), INTENT).unwrap();
    fs::write(
        folder.join("empty.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
    )
    .unwrap();
    let mut answers = 0;
    for verb in verbs(folder) {
        let questions = questions(&verb).unwrap_or_else(|| unreachable!("say what `palisade {verb}` is to be asked"));
        for words in questions {
            let to_folder = words.contains(&"--output");
            let formats = if to_folder { Vec::new() } else { formats(folder, &verb) };
            let mut ways: Vec<Vec<&str>> = formats.iter().map(|format| vec!["--format", format]).collect();
            ways.push(Vec::new());
            for way in ways {
                let args: Vec<&str> = [&[verb.as_str(), "-v"], &words[..], &way[..]].concat();
                let run = palisade(folder, &args, "");
                let asked = args.join(" ");
                // A verb may refuse the malformed document; most answer all the same.
                assert!(
                    matches!(run.code, Some(0..=2)),
                    "{asked}: {:?} {}",
                    run.code,
                    run.stderr
                );
                holds_nothing(&run.stdout, &asked);
                holds_nothing(&run.stderr, &asked);
                for output in ["out", "guardrails"] {
                    files_hold_nothing(&folder.join(output), &asked);
                }
                answers += usize::from(run.code != Some(2));
            }
        }
    }
    assert!(answers > 50, "{answers}");
}
