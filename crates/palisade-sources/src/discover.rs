//! Walks a folder: which files to read, to which root each belongs, which folders are kustomizations or charts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder};

use crate::document::Failure;
use crate::kustomize;
use crate::paths::Place;

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Files that may be manifests, in the order of their names, each with its path without links.
    pub(crate) files: Vec<(Place, PathBuf)>,
    /// Folders with a kustomization file.
    pub(crate) kustomizations: Vec<Place>,
    /// Folders with a `Chart.yaml`, those of charts within charts left out.
    pub(crate) charts: Vec<Place>,
    /// What could not be walked.
    pub(crate) failures: Vec<(String, Failure)>,
}

/// Walks `folder`. Hidden and git-ignored files are left out; links are followed as long as they stay inside.
pub(crate) fn walk(folder: &Place) -> Tree {
    let inside = folder.canonical();
    let followed = Mutex::new(BTreeSet::new());
    let walker = WalkBuilder::new(&folder.path)
        .follow_links(true)
        .require_git(false)
        .git_global(false)
        .ignore(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| !entry.path_is_symlink() || follows(entry, &inside, &followed))
        .build();
    let mut found = Found {
        inside: folder.canonical(),
        ..Found::default()
    };
    for entry in walker {
        match entry {
            Ok(entry) => found.add(folder, &entry),
            Err(error) if is_loop(&error) => {}
            Err(error) => found.tree.failures.push(failure(folder, &error)),
        }
    }
    found.finish()
}

/// Whether a link is followed: not out of the folder, and to each folder only once, as links that cross could otherwise
/// be walked in every order.
fn follows(entry: &DirEntry, inside: &Path, followed: &Mutex<BTreeSet<PathBuf>>) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let Ok(target) = entry.path().canonicalize() else {
        // A dangling link: there is nothing to read.
        return false;
    };
    let is_first = !target.is_dir()
        || followed
            .lock()
            .is_ok_and(|mut followed| followed.insert(target.clone()));
    target.starts_with(inside) && is_first
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => is_loop(err),
        _ => false,
    }
}

fn failure(folder: &Place, error: &ignore::Error) -> (String, Failure) {
    fn path(error: &ignore::Error) -> Option<&Path> {
        match error {
            ignore::Error::WithPath { path, .. } => Some(path),
            ignore::Error::WithDepth { err, .. } => path(err),
            _ => None,
        }
    }
    let relative = path(error).and_then(|path| path.strip_prefix(&folder.path).ok());
    let shown = relative.map_or_else(
        || folder.shown.clone(),
        |path| folder.join(&path.to_string_lossy()).shown,
    );
    (shown, unreadable())
}

/// A file or folder that is there and can't be read.
pub(crate) fn unreadable() -> Failure {
    let position = palisade_inventory::Position::default();
    Failure::new(
        position,
        "unreadable",
        "it can't be read",
        "check that it is there and its permissions",
    )
}

#[derive(Default)]
struct Found {
    tree: Tree,
    /// The folder itself, without links.
    inside: PathBuf,
    /// Folders below it that are links. What is not below one of these is where its path says.
    links: Vec<PathBuf>,
    /// Files met, by their path without links: the way without links counts, then the first.
    by_target: BTreeMap<PathBuf, (bool, Place)>,
}

impl Found {
    fn add(&mut self, folder: &Place, entry: &DirEntry) {
        let Ok(relative) = entry.path().strip_prefix(&folder.path) else {
            return;
        };
        if entry.file_type().is_none_or(|kind| !kind.is_file()) {
            if entry.path_is_symlink() && relative != Path::new("") {
                self.links.push(relative.to_owned());
            }
            return;
        }
        let name = entry.file_name().to_string_lossy();
        let parent = match relative.parent() {
            Some(parent) if parent != Path::new("") => folder.join(&parent.to_string_lossy()),
            _ => folder.clone(),
        };
        if kustomize::FILE_NAMES.contains(&&*name) {
            self.tree.kustomizations.push(parent);
        } else if name == "Chart.yaml" {
            self.tree.charts.push(parent);
        } else if is_manifest_name(&name) {
            let place = folder.join(&relative.to_string_lossy());
            let is_link = entry.path_is_symlink() || self.links.iter().any(|link| relative.starts_with(link));
            let target = if is_link {
                place.canonical()
            } else {
                self.inside.join(relative)
            };
            let known = self.by_target.get(&target);
            if known.is_none_or(|(known_is_link, _)| *known_is_link && !is_link) {
                self.by_target.insert(target, (is_link, place));
            }
        }
    }

    fn finish(self) -> Tree {
        let Self {
            mut tree, by_target, ..
        } = self;
        for folders in [&mut tree.kustomizations, &mut tree.charts] {
            folders.sort();
            let mut seen = BTreeSet::new();
            folders.retain(|folder| seen.insert(folder.canonical()));
        }
        let charts = tree.charts.clone();
        tree.charts
            .retain(|chart| !charts.iter().any(|outer| is_below(chart, &outer.join("charts"))));
        tree.files = by_target
            .into_iter()
            .map(|(target, (_, place))| (place, target))
            .collect();
        tree.files.sort();
        let charts = &tree.charts;
        tree.files
            .retain(|(file, _)| !charts.iter().any(|chart| is_chart_part(file, chart)));
        tree
    }
}

/// `yaml`, `yml` or `json`.
fn is_manifest_name(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("yaml" | "yml" | "json"))
}

/// Whether `place` is `folder` or lies below it, as both are shown.
pub(crate) fn is_below(place: &Place, folder: &Place) -> bool {
    folder.shown == "."
        || place.shown == folder.shown
        || place
            .shown
            .strip_prefix(&folder.shown)
            .is_some_and(|rest| rest.starts_with('/') || folder.shown == "/")
}

/// Templates, values and dependencies of a chart: no manifests before they are rendered.
fn is_chart_part(file: &Place, chart: &Place) -> bool {
    if !is_below(file, chart) {
        return false;
    }
    let relative = if chart.shown == "." {
        file.shown.as_str()
    } else {
        file.shown
            .get(chart.shown.len()..)
            .unwrap_or_default()
            .trim_start_matches('/')
    };
    match relative.split_once('/') {
        Some((folder, _)) => matches!(folder, "templates" | "charts"),
        None => relative.starts_with("values") || relative.starts_with("Chart."),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, if *name == ".gitignore" { "ignored/\n" } else { "" }).unwrap();
        }
        folder
    }

    fn place(folder: &tempfile::TempDir) -> Place {
        Place {
            shown: "given".into(),
            path: folder.path().to_owned(),
        }
    }

    fn files(tree: &Tree) -> Vec<&str> {
        tree.files.iter().map(|(place, _)| &*place.shown).collect()
    }

    fn shown(places: &[Place]) -> Vec<&str> {
        places.iter().map(|place| &*place.shown).collect()
    }

    #[test]
    fn folders_are_sorted_out() {
        let folder = folder(&[
            ".gitignore",
            ".hidden/a.yaml",
            "ignored/a.yaml",
            "z.yml",
            "a/b.JSON",
            "a/readme.md",
            "chart/Chart.yaml",
            "chart/values.yaml",
            "chart/templates/x.yaml",
            "chart/crds/crd.yaml",
            "chart/charts/sub/Chart.yaml",
            "over/kustomization.yaml",
            "over/p.yaml",
        ]);
        let tree = walk(&place(&folder));
        assert_eq!(
            files(&tree),
            [
                "given/a/b.JSON",
                "given/chart/crds/crd.yaml",
                "given/over/p.yaml",
                "given/z.yml"
            ]
        );
        assert_eq!(shown(&tree.kustomizations), ["given/over"]);
        assert_eq!(shown(&tree.charts), ["given/chart"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_inside_and_survive_cycles() {
        use std::os::unix::fs::symlink;
        let outside = folder(&["secret.yaml"]);
        let folder = folder(&["real/a.yaml"]);
        let link = |target: &Path, name: &str| symlink(target, folder.path().join(name)).unwrap();
        link(outside.path(), "out");
        link(&outside.path().join("secret.yaml"), "out.yaml");
        link(folder.path(), "real/cycle");
        link(&folder.path().join("real"), "again");
        let tree = walk(&place(&folder));
        assert_eq!(files(&tree), ["given/real/a.yaml"]);
        assert!(tree.failures.is_empty());
    }
}
