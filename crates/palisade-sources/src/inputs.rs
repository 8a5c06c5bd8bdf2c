//! From what the user named to streams: files, folders with their kustomizations and charts, standard input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use palisade_inventory::{Position, Root, RootKind};

use crate::discover::{self, Tree};
use crate::document::Failure;
use crate::kustomize::{self, Closure};
use crate::load::{Loader, skipped};
use crate::paths::Place;
use crate::read::{Options, Progress};
use crate::render::{Build, Renderers};

/// One run over all inputs.
pub(crate) struct Inputs<'o> {
    pub(crate) loader: Loader,
    options: Options<'o>,
    renderers: Renderers,
    progress: Progress,
    /// Renderers that were of use so far.
    tools: Vec<Build>,
}

/// A folder that is a kustomization.
struct Kustomization {
    folder: Place,
    /// Its kustomization file.
    file: Place,
    root: Arc<Root>,
    closure: Closure,
    is_rendered: bool,
}

impl<'o> Inputs<'o> {
    pub(crate) fn new(options: Options<'o>, renderers: Renderers) -> Self {
        Self {
            loader: Loader::new(options.as_written),
            options,
            renderers,
            progress: Progress::default(),
            tools: Vec::new(),
        }
    }

    /// Reads a stream as a root of its own.
    pub(crate) fn stream(&mut self, name: &str, source: impl Read) -> io::Result<()> {
        self.progress.files += 1;
        self.load(name, &given(name), source)
    }

    /// Reads a file or a folder that the user named.
    pub(crate) fn path(&mut self, place: &Place) -> io::Result<()> {
        let path = &place.path;
        let is_folder = path.metadata()?.is_dir();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if is_folder {
            std::fs::read_dir(path)?;
            self.folder(place);
        } else if kustomize::FILE_NAMES.contains(&&*name) || name == "Chart.yaml" {
            // The file stands for what it describes.
            self.folder(&place.parent());
        } else {
            let file = File::open(path)?;
            self.stream(&place.shown, file)?;
        }
        Ok(())
    }

    fn folder(&mut self, given_folder: &Place) {
        let tree = discover::walk(given_folder);
        self.progress.files += tree.files.len() as u64;
        for (shown, failure) in &tree.failures {
            self.skip(shown, failure.clone());
        }
        let kustomizations = self.kustomizations(&tree, given_folder);
        for chart in &tree.charts {
            self.chart(chart, *chart == *given_folder);
        }
        self.files(&tree, &kustomizations, given_folder);
    }

    /// Renders the kustomizations that are to be rendered, and tells what is not applied of the others.
    fn kustomizations(&mut self, tree: &Tree, given_folder: &Place) -> Vec<Kustomization> {
        let mut folders = tree.kustomizations.clone();
        // The one that was named first: what belongs to it is no root of its own.
        folders.sort_by_key(|folder| *folder != *given_folder);
        let mut covered: BTreeSet<PathBuf> = BTreeSet::new();
        let mut kustomizations = Vec::new();
        for folder in folders {
            self.loader.coverage_mut().documents += 1;
            if covered.contains(&folder.canonical()) {
                self.loader.coverage_mut().understood += 1;
                continue;
            }
            let is_named = folder == *given_folder;
            let Some(file) = kustomize::file_in(&folder) else {
                continue;
            };
            let mut kustomization = Kustomization {
                root: root(&folder, RootKind::Kustomization),
                closure: kustomize::follow(&folder),
                folder,
                file,
                is_rendered: false,
            };
            self.kustomization(&mut kustomization, is_named);
            if is_named {
                covered.extend(kustomization.closure.folders.iter().cloned());
                if !kustomization.is_rendered {
                    self.outside(&kustomization, given_folder);
                }
            }
            kustomizations.push(kustomization);
        }
        kustomizations
    }

    fn kustomization(&mut self, kustomization: &mut Kustomization, is_named: bool) {
        let Kustomization {
            folder,
            file,
            root,
            closure,
            is_rendered,
        } = kustomization;
        let is_wanted = is_named || self.options.render;
        let is_possible = closure.obstacle.is_none() && !closure.is_component;
        if is_wanted && is_possible && self.renderers.can(Build::Kustomization) {
            *is_rendered = self.render(Build::Kustomization, folder, file, root);
        }
        if let Some(obstacle) = &closure.obstacle {
            self.skip(&obstacle.file, obstacle.failure.clone());
        }
        let understood = if *is_rendered {
            true
        } else if closure.changes.is_empty() {
            closure.obstacle.is_none()
        } else {
            let failure = not_applied(closure, is_wanted, self.renderers.can(Build::Kustomization));
            self.skip(&file.shown, failure);
            false
        };
        self.loader.coverage_mut().understood += u64::from(understood);
    }

    /// What a kustomization that was named but not rendered takes from elsewhere.
    fn outside(&mut self, kustomization: &Kustomization, given_folder: &Place) {
        let inside = given_folder.canonical();
        for (target, place) in &kustomization.closure.resources {
            if !target.starts_with(&inside) {
                self.progress.files += 1;
                self.file(place, &kustomization.root);
            }
        }
    }

    fn chart(&mut self, folder: &Place, is_named: bool) {
        self.loader.coverage_mut().documents += 1;
        let file = folder.join("Chart.yaml");
        let root = root(folder, RootKind::Chart);
        let is_wanted = is_named || self.options.render;
        let can_render = self.renderers.can(Build::Chart);
        let is_rendered = is_wanted && can_render && self.render(Build::Chart, folder, &file, &root);
        if is_rendered {
            self.loader.coverage_mut().understood += 1;
        } else {
            let reason = "a Helm chart; its templates are not read before they are rendered";
            let help = how_to_render(is_wanted, can_render, Build::Chart);
            let failure = Failure::new(Position::default(), "helm-not-rendered", reason, help);
            self.skip(&file.shown, failure);
        }
    }

    fn render(&mut self, build: Build, folder: &Place, file: &Place, root: &Arc<Root>) -> bool {
        match self.renderers.render(build, &folder.path) {
            Ok(text) => {
                self.record_tool(build);
                let name: Arc<str> = format!("{} (rendered)", file.shown).into();
                // Reading from memory does not fail.
                self.loader.read(&name, root, &*text).is_ok()
            }
            Err(failure) => {
                self.skip(&file.shown, failure);
                false
            }
        }
    }

    /// Records the program's version the first time it was of use.
    fn record_tool(&mut self, build: Build) {
        let is_known = self.tools.contains(&build);
        if !is_known {
            self.tools.push(build);
            let tool = self.renderers.tool(build);
            self.loader.coverage_mut().tools.extend(tool);
        }
    }

    /// Reads the files of a folder, but for those that are a part of something rendered and those that are no resources.
    fn files(&mut self, tree: &Tree, kustomizations: &[Kustomization], given_folder: &Place) {
        let resources: BTreeSet<&PathBuf> = kustomizations.iter().flat_map(|k| k.closure.resources.keys()).collect();
        let inputs: BTreeSet<&PathBuf> = kustomizations.iter().flat_map(|k| &k.closure.inputs).collect();
        let given_root = given(&given_folder.shown);
        let mut roots: BTreeMap<&str, (&Arc<Root>, Option<&Kustomization>)> = BTreeMap::new();
        let chart_roots: Vec<_> = tree
            .charts
            .iter()
            .map(|chart| (chart, root(chart, RootKind::Chart)))
            .collect();
        for (chart, root) in &chart_roots {
            roots.insert(&chart.shown, (root, None));
        }
        for kustomization in kustomizations {
            roots.insert(&kustomization.folder.shown, (&kustomization.root, Some(kustomization)));
        }
        for (place, target) in &tree.files {
            let nearest = ancestors(&place.shown).find_map(|folder| roots.get(folder).copied());
            let (root, kustomization) = nearest.unwrap_or((&given_root, None));
            let is_rendered = kustomization.is_some_and(|k| k.is_rendered && k.closure.resources.contains_key(target));
            let is_input = inputs.contains(target) && !resources.contains(target);
            if !is_rendered && !is_input {
                self.file(place, root);
            }
        }
    }

    fn file(&mut self, place: &Place, root: &Arc<Root>) {
        let read = File::open(&place.path).and_then(|file| self.load(&place.shown, root, file));
        if read.is_err() {
            self.skip(&place.shown, discover::unreadable());
        }
    }

    fn load(&mut self, name: &str, root: &Arc<Root>, source: impl Read) -> io::Result<()> {
        let mut counted = Counted {
            source,
            progress: &mut self.progress,
            report: self.options.progress,
        };
        let result = self.loader.read(&name.into(), root, &mut counted);
        self.progress.files_read += 1;
        if let Some(report) = self.options.progress {
            report(self.progress);
        }
        result
    }

    fn skip(&mut self, file: &str, failure: Failure) {
        let is_whole_file = failure.position == Position::default();
        let mut skipped = skipped(file, failure);
        if is_whole_file {
            (skipped.line, skipped.column) = (0, 0);
        }
        self.loader.coverage_mut().skipped.push(skipped);
    }
}

/// What a kustomization would change, had it been rendered.
fn not_applied(closure: &Closure, is_wanted: bool, can_render: bool) -> Failure {
    let changes: Vec<String> = closure
        .changes
        .iter()
        .map(|(field, count)| format!("{field} ({count})"))
        .collect();
    let what = if closure.is_component {
        "a Component, which only a kustomization that uses it can build"
    } else {
        "a kustomization that is not rendered"
    };
    let reason = format!(
        "{what}: its resources are read as they are, without {}",
        changes.join(", ")
    );
    let help = if closure.is_component {
        "name the folder of a kustomization that uses it"
    } else if closure.obstacle.is_some() {
        "render it yourself and read what comes out"
    } else {
        how_to_render(is_wanted, can_render, Build::Kustomization)
    };
    Failure::new(Position::default(), "kustomization-not-rendered", reason, help)
}

fn how_to_render(is_wanted: bool, can_render: bool, build: Build) -> &'static str {
    match (is_wanted, can_render, build) {
        (_, false, Build::Kustomization) => "install kubectl, then name this folder itself or pass `--render`",
        (_, false, Build::Chart) => "install helm, then name this folder itself or pass `--render`",
        (false, true, _) => "name this folder itself, or pass `--render` to render all that are found",
        (true, true, _) => "see why rendering failed",
    }
}

fn root(folder: &Place, kind: RootKind) -> Arc<Root> {
    Arc::new(Root {
        name: folder.shown.as_str().into(),
        kind,
    })
}

fn given(name: &str) -> Arc<Root> {
    Arc::new(Root {
        name: name.into(),
        kind: RootKind::Given,
    })
}

/// The folders that a path is in, nearest first; `.` last for a relative path.
fn ancestors(shown: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(shown);
    std::iter::from_fn(move || {
        let path = rest?;
        match path.rsplit_once('/') {
            Some(("", _)) if path != "/" => {
                rest = None;
                Some("/")
            }
            Some((folder, _)) => {
                rest = Some(folder);
                Some(folder)
            }
            None => {
                rest = None;
                Some(".")
            }
        }
    })
}

/// Counts bytes on their way.
struct Counted<'p, 'o, R> {
    source: R,
    progress: &'p mut Progress,
    report: Option<&'o dyn Fn(Progress)>,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        /// Often enough for the eye.
        const STEP: u64 = 4 << 20;
        let read = self.source.read(target)?;
        let before = self.progress.bytes / STEP;
        self.progress.bytes += read as u64;
        if let Some(report) = self.report.filter(|_| self.progress.bytes / STEP > before) {
            report(*self.progress);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_comes_first() {
        assert_eq!(ancestors("a/b/c.yaml").collect::<Vec<_>>(), ["a/b", "a", "."]);
        assert_eq!(ancestors("/a/c.yaml").collect::<Vec<_>>(), ["/a", "/"]);
        assert_eq!(ancestors("c.yaml").collect::<Vec<_>>(), ["."]);
    }
}
