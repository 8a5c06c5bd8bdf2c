//! `palisade catalogue update`: what a newer release of ATT&CK changes, and entries that follow it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use palisade_knowledge::{AttackRelease, AttackUpdate, Edit, EntryKind, migrate};

use crate::cli::catalogue::{CatalogueFormat, Update};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::{self, Own};
use crate::verbs::Done;

/// Bytes read at once: bundles are large.
const BUFFER: usize = 1 << 18;

pub(crate) fn run(args: &Update, own: &Own, console: &Console) -> anyhow::Result<Done<'static>> {
    let release = {
        let _progress = console.progress("reading the bundle");
        read(&args.attack)?
    };
    let named = Own {
        catalogue: args
            .write
            .clone()
            .filter(|folder| folder.is_dir())
            .or_else(|| own.catalogue.clone()),
    };
    let loaded = named.load(&[], console)?;
    let update = AttackUpdate::compare(&loaded.catalogue, &release);
    if let Some(folder) = &args.write {
        let files = below(folder)?;
        let edits = migrate(&loaded.catalogue, &release, &update, &files);
        apply(folder, &edits)?;
        console.note(format_args!("{}: {} files changed", folder.display(), edits.len()));
    }
    Ok(Done::with(match args.format {
        CatalogueFormat::Text => Report::Styled(palisade_report::update(&update, console.text())),
        CatalogueFormat::Json => Report::Plain(palisade_report::update_json(&update)?),
    }))
}

fn read(path: &Path) -> anyhow::Result<AttackRelease> {
    let source: Box<dyn Read> = match path.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?),
    };
    AttackRelease::read(BufReader::with_capacity(BUFFER, source)).map_err(|error| {
        Failure::new(
            format!("`{}`: {error}", path.display()),
            "take enterprise-attack-….json of github.com/mitre-attack/attack-stix-data",
        )
        .into()
    })
}

/// The texts of the entries in a folder, by their names below it.
fn below(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    let inside = |name: String| {
        let relative = Path::new(&name).strip_prefix(folder).ok();
        relative.map_or_else(
            || name.clone(),
            |relative| relative.display().to_string().replace('\\', "/"),
        )
    };
    let files = own::read(&[folder.to_owned()])?;
    Ok(files.into_iter().map(|(name, text)| (inside(name), text)).collect())
}

fn apply(folder: &Path, edits: &BTreeMap<String, Edit>) -> anyhow::Result<()> {
    let techniques = folder.join(EntryKind::Techniques.folder());
    fs::create_dir_all(&techniques).with_context(|| format!("cannot make `{}`", techniques.display()))?;
    for (name, edit) in edits {
        let path = folder.join(name);
        match edit {
            Edit::Write(text) => fs::write(&path, text),
            Edit::Remove => fs::remove_file(&path),
        }
        .with_context(|| format!("cannot change `{}`", path.display()))?;
    }
    Ok(())
}
