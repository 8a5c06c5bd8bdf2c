//! Kustomizations: what one is made of, followed through its bases without ever leaving this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use palisade_inventory::{Node, Position};

use crate::document::Failure;
use crate::paths::Place;
use crate::yaml;

/// The names a kustomization file may have.
pub(crate) const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A kustomization and everything it is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closure {
    /// Files that hold resources.
    pub(crate) resources: BTreeMap<PathBuf, Place>,
    /// Files that are no resources: patches, generator inputs, configurations, the kustomization files themselves.
    pub(crate) inputs: BTreeSet<PathBuf>,
    /// Folders of the kustomizations that take part.
    pub(crate) folders: BTreeSet<PathBuf>,
    /// It is a Component: a part of others that can't be built alone.
    pub(crate) is_component: bool,
    /// What it does to its resources, by field and how often; of the first kustomization and its local bases.
    pub(crate) changes: BTreeMap<&'static str, usize>,
    /// Why it can't be rendered here.
    pub(crate) obstacle: Option<Obstacle>,
}

/// What keeps a kustomization from being rendered.
#[derive(Clone, Debug)]
pub(crate) struct Obstacle {
    /// The kustomization file.
    pub(crate) file: String,
    /// What.
    pub(crate) failure: Failure,
}

/// Follows the kustomization in `folder`. Remote parts are named as an obstacle, never fetched.
pub(crate) fn follow(folder: &Place) -> Closure {
    let mut closure = Closure::default();
    let mut pending = vec![folder.clone()];
    let mut is_first = true;
    while let Some(folder) = pending.pop() {
        if !closure.folders.insert(folder.canonical()) {
            continue;
        }
        let Some(file) = file_in(&folder) else { continue };
        closure.inputs.insert(file.canonical());
        match read(&file) {
            Ok(kustomization) => {
                if is_first {
                    closure.is_component = kustomization.text(&["kind"]) == Some("Component");
                }
                closure.add(&kustomization, &folder, &file, &mut pending);
            }
            Err(failure) => closure.hinder(&file, failure),
        }
        is_first = false;
    }
    closure
}

/// The kustomization file of a folder.
pub(crate) fn file_in(folder: &Place) -> Option<Place> {
    FILE_NAMES
        .iter()
        .map(|name| folder.join(name))
        .find(|file| file.path.is_file())
}

fn read(file: &Place) -> Result<Node, Failure> {
    /// Far above any that people write.
    const LARGEST: u64 = 8 << 20;
    let mut text = Vec::new();
    let read: io::Result<usize> = File::open(&file.path).and_then(|file| file.take(LARGEST).read_to_end(&mut text));
    match read {
        Ok(_) => yaml::first(&text),
        Err(_) => Err(Failure::new(
            Position::default(),
            "unreadable",
            "the file can't be read",
            "check its permissions",
        )),
    }
}

impl Closure {
    fn add(&mut self, kustomization: &Node, folder: &Place, file: &Place, pending: &mut Vec<Place>) {
        for field in ["resources", "bases", "components"] {
            for entry in kustomization.items(&[field]) {
                self.resource(entry, folder, file, pending);
            }
        }
        for field in ["crds", "configurations", "transformers", "generators", "validators"] {
            for entry in kustomization.items(&[field]) {
                self.input(entry, folder, file, pending);
            }
        }
        for field in ["patches", "patchesJson6902", "replacements"] {
            for patch in kustomization.items(&[field]) {
                if let Some(path) = patch.get("path") {
                    self.input(path, folder, file, pending);
                }
            }
        }
        for patch in kustomization.items(&["patchesStrategicMerge"]) {
            // A patch may be written out in place.
            if patch.as_str().is_some_and(|text| !text.contains('\n')) {
                self.input(patch, folder, file, pending);
            }
        }
        if let Some(path) = kustomization.at(&["openapi", "path"]) {
            self.input(path, folder, file, pending);
        }
        for field in ["configMapGenerator", "secretGenerator"] {
            for generator in kustomization.items(&[field]) {
                self.generator(generator, folder, file, pending);
            }
        }
        for field in ["helmCharts", "helmChartInflationGenerator"] {
            if let Some(charts) = kustomization.get(field) {
                let reason = "it inflates Helm charts, which would be downloaded";
                self.hinder(file, remote(charts.position, reason));
            }
        }
        for field in CHANGES {
            let changes = match kustomization.get(field) {
                Some(node) => node.as_list().map_or(1, <[Node]>::len),
                None => 0,
            };
            if changes > 0 {
                *self.changes.entry(field).or_default() += changes;
            }
        }
    }

    fn resource(&mut self, entry: &Node, folder: &Place, file: &Place, pending: &mut Vec<Place>) {
        let Some(reference) = self.local(entry, file) else {
            return;
        };
        let place = folder.join(&reference);
        if place.path.is_dir() {
            pending.push(place);
        } else if place.path.is_file() {
            self.resources.insert(place.canonical(), place);
        } else {
            // kustomize takes what is not there for a repository to fetch.
            self.hinder(file, missing(entry.position));
        }
    }

    fn input(&mut self, entry: &Node, folder: &Place, file: &Place, pending: &mut Vec<Place>) {
        let Some(reference) = self.local(entry, file) else {
            return;
        };
        let place = folder.join(&reference);
        if place.path.is_dir() {
            pending.push(place);
        } else if place.path.is_file() {
            self.inputs.insert(place.canonical());
        } else {
            self.hinder(file, missing(entry.position));
        }
    }

    fn generator(&mut self, generator: &Node, folder: &Place, file: &Place, pending: &mut Vec<Place>) {
        let lists = ["files", "envs"]
            .into_iter()
            .flat_map(|field| generator.items(&[field]));
        for entry in lists.chain(generator.get("env")) {
            let Some(text) = entry.as_str() else { continue };
            // `key=path` or a path alone.
            let path = text.split_once('=').map_or(text, |(_, path)| path);
            let path = Node::new(palisade_inventory::Value::Text(path.into()), entry.position);
            self.input(&path, folder, file, pending);
        }
    }

    /// The reference, if it stays on this machine.
    fn local(&mut self, entry: &Node, file: &Place) -> Option<String> {
        let reference = entry.as_str()?;
        if is_remote(reference) {
            self.hinder(
                file,
                remote(entry.position, "it refers to a remote base, which would be fetched"),
            );
            return None;
        }
        Some(reference.to_owned())
    }

    fn hinder(&mut self, file: &Place, failure: Failure) {
        let file = file.shown.clone();
        self.obstacle.get_or_insert(Obstacle { file, failure });
    }
}

/// Fields that change what the resources say.
const CHANGES: [&str; 25] = [
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "configurations",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "images",
    "imageTags",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "openapi",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "secretGenerator",
    "transformers",
    "validators",
    "vars",
    "generatorOptions",
];

fn remote(position: Position, reason: &str) -> Failure {
    let help = "vendor the remote part, or render it yourself and read what comes out";
    Failure::new(position, "remote-base", reason, help)
}

fn missing(position: Position) -> Failure {
    let help = "complete it; kustomize would look for what is missing on the network";
    Failure::new(
        position,
        "missing-base",
        "it refers to something that is not there",
        help,
    )
}

/// Whether kustomize would go to the network for `reference`.
fn is_remote(reference: &str) -> bool {
    let lower = reference.to_ascii_lowercase();
    lower.contains("://")
        || lower.contains("?ref=")
        || lower.contains("?version=")
        || lower.starts_with("git@")
        || lower.starts_with("git::")
        || lower.starts_with("github.com")
        || lower.starts_with("gh:")
        || lower.trim_start_matches('/').contains("//")
        || lower
            .split('/')
            .any(|part| part.strip_suffix(".git").is_some_and(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn closure(folder: &Path, name: &str) -> Closure {
        follow(&Place::given(folder).join(name))
    }

    #[test]
    fn bases_are_followed_once() {
        let folder = folder(&[
            (
                "over/kustomization.yaml",
                "resources: [../base, extra.yaml]\npatches: [{path: p.yaml}]\nnamespace: x\n",
            ),
            ("over/extra.yaml", ""),
            ("over/p.yaml", ""),
            (
                "base/kustomization.yml",
                "resources: [a.yaml, ../over]\nconfigMapGenerator: [{name: c, files: [k=f.txt]}]\n",
            ),
            ("base/a.yaml", ""),
            ("base/f.txt", ""),
        ]);
        let closure = closure(folder.path(), "over");
        let shown: Vec<_> = closure
            .resources
            .values()
            .map(|place| place.path.file_name().unwrap())
            .collect();
        assert_eq!(shown, ["a.yaml", "extra.yaml"]);
        assert_eq!(closure.inputs.len(), 4);
        assert_eq!(closure.folders.len(), 2);
        assert!(closure.obstacle.is_none());
        assert_eq!(
            closure.changes.keys().copied().collect::<Vec<_>>(),
            ["configMapGenerator", "namespace", "patches"]
        );
    }

    #[test]
    fn remote_parts_are_an_obstacle_however_deep() {
        for reference in [
            "https://example.com/x.yaml",
            "github.com/org/repo//deploy?ref=v1",
            "git@github.com:org/repo.git",
            "org/repo",
        ] {
            let folder = folder(&[
                ("over/kustomization.yaml", "resources: [../base]\n"),
                ("base/kustomization.yaml", &format!("components: ['{reference}']\n")),
            ]);
            let closure = closure(folder.path(), "over");
            let obstacle = closure.obstacle.unwrap();
            assert!(["remote-base", "missing-base"].contains(&obstacle.failure.code));
            assert!(obstacle.file.ends_with("base/kustomization.yaml"));
        }
    }
}
