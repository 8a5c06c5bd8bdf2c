//! Files that are made from code: written by `cargo xtask generate`, and kept in step by a test.

mod catalogue;

use std::path::Path;

use anyhow::Context;
use palisade_knowledge::Catalogue;

/// A generated file: its path from the workspace's root, and its text.
#[derive(Debug)]
pub struct Generated {
    /// The path, with `/`.
    pub path: &'static str,
    /// What must be in it.
    pub text: String,
}

/// All generated files.
pub fn files() -> anyhow::Result<Vec<Generated>> {
    Ok(vec![
        Generated {
            path: "docs/catalogue.md",
            text: catalogue::page(&Catalogue::builtin()?),
        },
        Generated {
            path: "docs/schema/assessment.json",
            text: palisade_report::schema(),
        },
    ])
}

/// Writes them.
pub fn write(root: &Path) -> anyhow::Result<()> {
    for file in files()? {
        let path = root.join(file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        }
        std::fs::write(&path, file.text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn generated_files_are_in_step() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for file in super::files().unwrap() {
            let there = std::fs::read_to_string(root.join(file.path)).unwrap_or_default();
            assert!(
                there == file.text,
                "`{}` is out of step: run `cargo xtask generate`",
                file.path
            );
        }
    }
}
