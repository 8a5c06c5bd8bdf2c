//! `palisade guard`: the folder that it writes, and what it leaves alone.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Run, palisade, shop};

/// Guardrails of the shop for Pod Security admission.
fn guard(folder: &Path) -> Run {
    palisade(
        folder,
        &[
            "guard",
            "shop.yaml",
            "--out",
            "guardrails",
            "--control",
            "PAL-C012",
            "--target",
            "pod-security",
        ],
        "",
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_is_written_and_written_again() {
    let shop = shop();
    let run = guard(shop.path());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let folder = shop.path().join("guardrails");
    let written = files(&folder);
    let expected = [
        "README.md",
        "index.json",
        "pod-security/shop.yaml",
        "trial/pod-security/shop.yaml",
    ];
    assert_eq!(written, expected.map(PathBuf::from));
    let text = |file: &PathBuf| fs::read_to_string(folder.join(file)).unwrap();
    let first: Vec<String> = written.iter().map(text).collect();
    assert!(
        first[2].contains("pod-security.kubernetes.io/enforce: baseline"),
        "{}",
        first[2]
    );

    assert_eq!(guard(shop.path()).code, Some(0));
    let second: Vec<String> = written.iter().map(text).collect();
    assert_eq!(first, second);
}

#[test]
fn what_is_no_longer_needed_goes() {
    let shop = shop();
    guard(shop.path());
    let manifest = shop.path().join("shop.yaml");
    let exposed = fs::read_to_string(&manifest).unwrap().replace(
        "image: example.com/web:1",
        "image: example.com/web:1\n          securityContext: {privileged: true}",
    );
    fs::write(&manifest, exposed).unwrap();
    assert_eq!(guard(shop.path()).code, Some(0));
    let expected = ["README.md", "index.json"];
    assert_eq!(files(&shop.path().join("guardrails")), expected.map(PathBuf::from));
}

#[test]
fn what_somebody_else_wrote_or_changed_is_left_alone() {
    let shop = shop();
    let folder = shop.path().join("guardrails");
    let file = folder.join("pod-security/shop.yaml");
    fs::create_dir_all(folder.join("pod-security")).unwrap();
    fs::write(&file, "mine\n").unwrap();
    let run = guard(shop.path());
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("was not written by an earlier run"),
        "{}",
        run.stderr
    );
    assert_eq!(files(&folder), [PathBuf::from("pod-security/shop.yaml")]);

    fs::remove_file(&file).unwrap();
    assert_eq!(guard(shop.path()).code, Some(0));
    fs::write(&file, "mine\n").unwrap();
    let run = guard(shop.path());
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("was changed since it was written"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_folder() {
    let shop = shop();
    let folder = shop.path().join("guardrails");
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.join("pod-security")).unwrap();
    let run = guard(shop.path());
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("leads out of the folder"), "{}", run.stderr);
    assert!(files(outside.path()).is_empty());
}

#[test]
fn a_folder_of_somebody_else_is_not_an_index() {
    let shop = shop();
    let folder = shop.path().join("guardrails");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.json"), "[]").unwrap();
    let run = guard(shop.path());
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("is not the index of an earlier run"),
        "{}",
        run.stderr
    );
}

#[test]
fn unknown_targets_and_controls_are_errors() {
    let shop = shop();
    for (args, said) in [
        (["--target", "hope"], "hope"),
        (["--control", "PAL-C999"], "no control is called `PAL-C999`"),
    ] {
        let run = palisade(
            shop.path(),
            &[&["guard", "shop.yaml", "--out", "guardrails"][..], &args].concat(),
            "",
        );
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}
