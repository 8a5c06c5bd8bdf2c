//! Files that are made from code: written by `cargo xtask generate`, and kept in step by a test.

mod catalogue;
mod claims;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use palisade_inventory::Declared;
use palisade_knowledge::{Catalogue, EntryKind};
use schemars::generate::SchemaSettings;

/// A generated file: its path from the workspace's root, and its text.
#[derive(Debug)]
pub struct Generated {
    /// The path, with `/`.
    pub path: String,
    /// What must be in it.
    pub text: String,
}

/// Folders in which every file is generated.
const FOLDERS: [&str; 2] = [catalogue::FOLDER, "docs/schema/catalogue"];

/// All generated files.
pub fn files() -> anyhow::Result<Vec<Generated>> {
    let mut files = catalogue::pages(&Catalogue::builtin()?);
    files.push(Generated {
        path: "docs/schema/assessment.json".to_owned(),
        text: palisade_report::schema(),
    });
    files.push(Generated {
        path: "docs/schema/verification.json".to_owned(),
        text: palisade_report::verification_schema(),
    });
    files.push(Generated {
        path: "docs/schema/difference.json".to_owned(),
        text: palisade_report::difference_schema(),
    });
    files.push(Generated {
        path: "docs/claims.md".to_owned(),
        text: claims::page(),
    });
    files.push(Generated {
        path: "docs/schema/intent.json".to_owned(),
        text: intent(),
    });
    files.push(Generated {
        path: "docs/stride.md".to_owned(),
        text: palisade_engine::stride_page(),
    });
    files.extend(EntryKind::ALL.map(|kind| Generated {
        path: format!("docs/schema/catalogue/{}.json", kind.folder()),
        text: palisade_knowledge::schema(kind),
    }));
    Ok(files)
}

/// The JSON Schema of what people declare. It is of draft 7, which is what editors know.
fn intent() -> String {
    let generator = SchemaSettings::draft07().into_generator();
    format!("{:#}\n", generator.into_root_schema_for::<Declared>().as_value())
}

/// Writes them, and takes away what is no longer made.
pub fn write(root: &Path) -> anyhow::Result<()> {
    let files = files()?;
    for path in stale(root, &files)? {
        std::fs::remove_file(root.join(&path)).with_context(|| format!("cannot remove `{path}`"))?;
    }
    for file in files {
        let path = root.join(file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        }
        std::fs::write(&path, file.text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// Files in generated folders that nothing makes.
fn stale(root: &Path, files: &[Generated]) -> anyhow::Result<Vec<String>> {
    let made: BTreeSet<&str> = files.iter().map(|file| &*file.path).collect();
    let mut stale = Vec::new();
    let mut folders: Vec<String> = FOLDERS.iter().map(|folder| (*folder).to_owned()).collect();
    while let Some(folder) = folders.pop() {
        if !root.join(&folder).exists() {
            continue;
        }
        let reading = || format!("cannot read `{folder}`");
        for entry in std::fs::read_dir(root.join(&folder)).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if !made.contains(&*path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Component, Path, PathBuf};

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn generated_files_are_in_step() {
        let files = super::files().unwrap();
        for file in &files {
            let there = std::fs::read_to_string(root().join(&file.path)).unwrap_or_default();
            assert!(
                there == file.text,
                "`{}` is out of step: run `cargo xtask generate`",
                file.path
            );
        }
        assert_eq!(super::stale(&root(), &files).unwrap(), Vec::<String>::new());
    }

    /// `docs/catalogue/weaknesses/../steps.md` → `docs/catalogue/steps.md`.
    fn normal(path: &Path) -> String {
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(parts.pop()),
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        parts.join("/")
    }

    #[test]
    fn links_between_pages_lead_somewhere() {
        let files = super::files().unwrap();
        let pages: BTreeMap<&str, &str> = files.iter().map(|file| (&*file.path, &*file.text)).collect();
        let mut links = 0;
        let mut dangling = Vec::new();
        for (path, text) in pages
            .iter()
            .filter(|(path, _)| Path::new(path).extension().is_some_and(|ending| ending == "md"))
        {
            for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if link.starts_with("http") {
                    continue;
                }
                links += 1;
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let target = if file.is_empty() {
                    (*path).to_owned()
                } else {
                    normal(&Path::new(path).parent().unwrap().join(file))
                };
                let there = match pages.get(&*target) {
                    Some(text) => {
                        let heading = format!("\n## {anchor}\n").to_lowercase();
                        anchor.is_empty()
                            || text.contains(&format!("id=\"{anchor}\""))
                            || text.to_lowercase().contains(&heading)
                    }
                    None => anchor.is_empty() && root().join(&target).exists(),
                };
                if !there {
                    dangling.push(format!("{path}: {link}"));
                }
            }
        }
        assert!(links > 1000, "{links}");
        assert!(dangling.is_empty(), "{dangling:#?}");
    }
}
