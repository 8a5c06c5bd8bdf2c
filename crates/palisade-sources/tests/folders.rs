//! Folders: roots, kustomizations, charts, variants.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "the helpers of a test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use palisade_inventory::RootKind;
use palisade_sources::{Input, Options, Reading, SourceError, read};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn service(name: &str, port: u16) -> String {
    format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  ports: [{{port: {port}}}]\n")
}

fn read_with(folder: &tempfile::TempDir, path: &str, render: bool) -> Reading {
    let options = Options {
        render,
        ..Options::default()
    };
    let path = folder.path().join(path);
    read(&[Input::Path(path)], &options).unwrap()
}

/// `root kind: resource file`, paths relative to the folder.
fn shown(reading: &Reading, folder: &Path) -> Vec<String> {
    let prefix = format!("{}", folder.display());
    let relative = |text: &str| text.replace(&prefix, "").trim_start_matches('/').to_owned();
    let show = |resource: &palisade_inventory::Resource| {
        let kind = match resource.root.kind {
            RootKind::Given => "given",
            RootKind::Kustomization => "kustomization",
            RootKind::Chart => "chart",
            RootKind::Variant => "variant",
        };
        format!(
            "{} {kind}: {} {}",
            relative(&resource.root.name),
            resource.id,
            relative(&resource.origin.file)
        )
    };
    reading.resources.iter().map(show).collect()
}

fn skipped(reading: &Reading) -> Vec<&str> {
    reading.coverage.skipped.iter().map(|skipped| &*skipped.code).collect()
}

fn has_kubectl() -> bool {
    let found = Command::new("kubectl").args(["version", "--client"]).output().is_ok();
    if !found {
        eprintln!("skipped: kubectl not present");
    }
    found
}

#[test]
fn every_kustomization_and_chart_is_a_root() {
    let folder = folder(&[
        ("a.yaml", &service("a", 1)),
        ("base/kustomization.yaml", "resources: [b.yaml]\n"),
        ("base/b.yaml", &service("b", 1)),
        (
            "over/kustomization.yaml",
            "resources: [../base]\npatches: [{path: p.yaml}]\n",
        ),
        ("over/p.yaml", &service("b", 2)),
        ("over/beside.yaml", &service("c", 1)),
        ("chart/Chart.yaml", "name: chart\n"),
        ("chart/values.yaml", "x: 1\n"),
        ("chart/templates/t.yaml", "{{ nonsense"),
        ("chart/crds/c.yaml", &service("crd", 1)),
        ("compose.yaml", "services: {}\n"),
    ]);
    let reading = read_with(&folder, "", false);
    assert_eq!(
        shown(&reading, folder.path()),
        [
            " given: Service/default/a a.yaml",
            "base kustomization: Service/default/b base/b.yaml",
            "chart chart: Service/default/crd chart/crds/c.yaml",
            "over kustomization: Service/default/c over/beside.yaml",
        ]
    );
    assert_eq!(
        skipped(&reading),
        ["helm-not-rendered", "not-kubernetes", "kustomization-not-rendered"]
    );
    assert_eq!((reading.coverage.documents, reading.coverage.understood), (8, 5));
}

#[test]
fn a_named_kustomization_is_rendered() {
    if !has_kubectl() {
        return;
    }
    let folder = folder(&[
        ("base/kustomization.yaml", "resources: [b.yaml]\n"),
        ("base/b.yaml", &service("b", 1)),
        (
            "over/kustomization.yaml",
            "resources: [../base, part]\nnamePrefix: x-\npatches: [{path: p.yaml}]\n",
        ),
        ("over/p.yaml", &service("b", 2)),
        ("over/part/kustomization.yaml", "resources: [d.yaml]\n"),
        ("over/part/d.yaml", &service("d", 1)),
        ("over/beside.yaml", &service("c", 1)),
        ("over/other/kustomization.yaml", "resources: [e.yaml]\n"),
        ("over/other/e.yaml", &service("e", 1)),
    ]);
    let reading = read_with(&folder, "over", false);
    assert_eq!(
        shown(&reading, folder.path()),
        [
            "over kustomization: Service/default/c over/beside.yaml",
            "over kustomization: Service/default/x-b over/kustomization.yaml (rendered)",
            "over kustomization: Service/default/x-d over/kustomization.yaml (rendered)",
            "over/other kustomization: Service/default/e over/other/e.yaml",
        ]
    );
    assert_eq!(skipped(&reading), Vec::<&str>::new());
    assert_eq!(reading.coverage.tools.len(), 1);
    let all = read_with(&folder, "", true);
    assert_eq!(
        all.resources
            .iter()
            .filter(|resource| resource.origin.file.ends_with("(rendered)"))
            .count(),
        5
    );
}

#[test]
fn a_kustomization_with_a_remote_base_is_read_raw() {
    let folder = folder(&[
        (
            "base/kustomization.yaml",
            "resources: [b.yaml, 'https://example.com/x.yaml']\n",
        ),
        ("base/b.yaml", &service("b", 1)),
        ("over/kustomization.yaml", "resources: [../base]\nnamespace: x\n"),
    ]);
    let reading = read_with(&folder, "over", true);
    assert_eq!(
        shown(&reading, folder.path()),
        ["over kustomization: Service/default/b base/b.yaml"]
    );
    assert_eq!(skipped(&reading), ["remote-base", "kustomization-not-rendered"]);
}

#[test]
fn definitions_that_differ_become_variants() {
    let folder = folder(&[
        ("one/a.yaml", &format!("{}---\n{}", service("a", 1), service("b", 1))),
        ("two/a.yaml", &service("a", 2)),
        ("two/b.yaml", &service("b", 1)),
        ("same/a.yaml", &service("a", 1)),
        ("zwei/a.yaml", &service("z", 1)),
        ("zwei/b.yaml", &format!("{}---\n{}", service("z", 2), service("w", 2))),
        ("zz/twice.yaml", &format!("{}---\n{}", service("q", 1), service("q", 2))),
    ]);
    let reading = read_with(&folder, "", false);
    assert_eq!(
        shown(&reading, folder.path()),
        [
            " given: Service/default/a one/a.yaml",
            " given: Service/default/b one/a.yaml",
            " given: Service/default/z zwei/a.yaml",
            " given: Service/default/q zz/twice.yaml",
            "two variant: Service/default/a two/a.yaml",
            "two variant: Service/default/b two/b.yaml",
            "zwei/b.yaml variant: Service/default/z zwei/b.yaml",
            "zwei/b.yaml variant: Service/default/w zwei/b.yaml",
        ]
    );
    let notices: Vec<_> = reading.coverage.notices.iter().map(|notice| &*notice.code).collect();
    assert_eq!(notices, ["defined-twice", "redefined"]);
    assert_eq!(reading.resources[3].origin.position.line, 7);
}

#[test]
fn a_namespace_that_is_told_twice_keeps_its_system_together() {
    let namespace = |label: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n{label}");
    let folder = folder(&[
        ("app.yaml", &format!("{}---\n{}", namespace(""), service("a", 80))),
        (
            "policies/deny.yaml",
            &format!("{}---\n{}", namespace("  labels: {team: a}\n"), service("b", 80)),
        ),
    ]);
    let reading = read_with(&folder, "", false);
    let roots: std::collections::BTreeSet<_> = reading.resources.iter().map(|resource| &resource.root).collect();
    assert_eq!(roots.len(), 1);
    let codes: Vec<&str> = reading.coverage.notices.iter().map(|notice| &*notice.code).collect();
    assert_eq!(codes, ["redefined"]);
}

#[test]
fn objects_without_a_full_name_stay_apart() {
    let job = |image: &str| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{generateName: job-}}\nspec: {{template: {{spec: {{containers: [{{name: c, image: {image}}}]}}}}}}\n"
        )
    };
    let folder = folder(&[("jobs.yaml", &format!("{}---\n{}", job("a"), job("b")))]);
    let reading = read_with(&folder, "jobs.yaml", false);
    let ids: Vec<_> = reading
        .resources
        .iter()
        .map(|resource| resource.id.to_string())
        .collect();
    assert_eq!(ids, ["Job/default/job-*", "Job/default/job-*2"]);
}

#[test]
fn an_input_that_is_not_there_is_an_error() {
    let error = read(&[Input::Path("does/not/exist".into())], &Options::default()).unwrap_err();
    assert!(matches!(error, SourceError::Unreadable { .. }));
    assert_eq!(error.to_string(), "cannot read `does/not/exist`");
}

#[test]
fn the_order_in_which_files_were_written_does_not_matter() {
    let mut files: Vec<(String, String)> = Vec::new();
    for name in ["a", "b", "c/d", "c/e", "f/g"] {
        for port in 1..4 {
            files.push((format!("{name}{port}.yaml"), service("x", port)));
        }
    }
    let show = |files: &[(String, String)]| {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        let folder = folder(&files);
        let reading = read_with(&folder, "", false);
        format!("{reading:?}").replace(&folder.path().display().to_string(), "")
    };
    let first = show(&files);
    for turn in 1..4 {
        files.rotate_left(turn);
        files.swap(0, turn);
        assert_eq!(show(&files), first);
    }
}
