//! What belongs to an input without being named: files and folders beside it or above it.

use std::path::{Path, PathBuf};

/// What `look` finds beside an input, or above it up to the root of its repository. Outside of a repository only beside
/// it: what lies further up may be anybody's.
pub fn beside(input: &Path, look: impl Fn(&Path) -> Option<PathBuf>) -> Option<PathBuf> {
    let start = match input.to_str() {
        Some("-") => Path::new("."),
        _ if input.is_dir() => input,
        _ => input.parent().unwrap_or(Path::new(".")),
    };
    let start = if start.as_os_str().is_empty() {
        Path::new(".")
    } else {
        start
    };
    if let Some(found) = look(start) {
        return Some(tidy(found));
    }
    let whole = start.canonicalize().ok()?;
    let root = whole.ancestors().find(|folder| folder.join(".git").exists())?;
    whole
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(root))
        .find_map(look)
}

/// `./.palisade` → `.palisade`.
fn tidy(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}
