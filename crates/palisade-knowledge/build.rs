//! Digests the catalogue: its YAML files become one JSON text, which loads ten times as fast.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// The kinds of entries.
const FOLDERS: [&str; 9] = [
    "actors",
    "controls",
    "frameworks",
    "incidents",
    "projects",
    "steps",
    "techniques",
    "technologies",
    "weaknesses",
];

fn main() -> Result<(), Box<dyn Error>> {
    let knowledge = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../knowledge");
    println!("cargo::rerun-if-changed={}", knowledge.display());
    let mut digest = BTreeMap::new();
    for folder in FOLDERS {
        digest.insert(folder, entries(&knowledge.join(folder))?);
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("catalogue.json");
    fs::write(out, serde_json::to_vec(&digest)?)?;
    Ok(())
}

/// The entries of a folder in the order of their names. Whether they are right is for the tests to say.
fn entries(folder: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut files = fs::read_dir(folder)?
        .map(|file| file.map(|file| file.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let text = fs::read_to_string(path)?;
            let error = |error| format!("{}: {error}", path.display());
            Ok(serde_saphyr::from_str(&text).map_err(error)?)
        })
        .collect()
}
