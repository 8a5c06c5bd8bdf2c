//! Paths as people see them, beside paths as the file system knows them.

use std::path::{Component, Path, PathBuf};

/// A file or folder: where it is, and how the user would name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// As the user would name it, with `/` between its parts.
    pub(crate) shown: String,
    /// Where to open it.
    pub(crate) path: PathBuf,
}

impl Place {
    /// A path that the user gave.
    pub(crate) fn given(path: &Path) -> Self {
        let shown = normalise(&path.to_string_lossy());
        Self {
            shown,
            path: path.to_owned(),
        }
    }

    /// The same by name, somewhere else.
    pub(crate) fn at(self, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    /// The folder that it is in.
    pub(crate) fn parent(&self) -> Self {
        let parent = |path: &Path| match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Self::given(&parent(Path::new(&self.shown))).at(&parent(&self.path))
    }

    /// Something below, or beside by way of `..`.
    pub(crate) fn join(&self, relative: &str) -> Self {
        let shown = if self.shown == "." {
            normalise(relative)
        } else {
            normalise(&format!("{}/{relative}", self.shown))
        };
        Self {
            shown,
            path: self.path.join(relative),
        }
    }

    /// The path without links and detours, for comparison; the path itself where there is none.
    pub(crate) fn canonical(&self) -> PathBuf {
        self.path.canonicalize().unwrap_or_else(|_| self.path.clone())
    }
}

/// Steps through `.` and `..` in the text alone; `.` if nothing remains.
fn normalise(path: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut is_absolute = false;
    for component in Path::new(path).components() {
        match component {
            Component::RootDir => is_absolute = true,
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|part| part != "..") => {
                parts.pop();
            }
            Component::ParentDir if is_absolute => {}
            component => parts.push(component.as_os_str().to_string_lossy().into_owned()),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_given() {
        let shown = |given: &str, relative: &str| Place::given(Path::new(given)).join(relative).shown;
        assert_eq!(shown("deploy/", "a/b.yaml"), "deploy/a/b.yaml");
        assert_eq!(shown(".", "a.yaml"), "a.yaml");
        assert_eq!(shown("./deploy", "../base"), "base");
        assert_eq!(shown("../deploy", "../base"), "../base");
        assert_eq!(shown("..", "../base"), "../../base");
        assert_eq!(shown("/a", "../../b"), "/b");
        assert_eq!(Place::given(Path::new("./")).shown, ".");
    }

    #[test]
    fn a_copy_goes_by_the_name_of_what_it_was_made_of() {
        let copy = Place::given(Path::new("deploy/Chart.yaml")).at(Path::new("/tmp/x/deploy/Chart.yaml"));
        let folder = copy.parent();
        assert_eq!((&*folder.shown, &*folder.path), ("deploy", Path::new("/tmp/x/deploy")));
        assert_eq!(Place::given(Path::new("Chart.yaml")).parent().shown, ".");
        assert_eq!(Place::given(Path::new("Chart.yaml")).parent().path, Path::new("."));
    }
}
