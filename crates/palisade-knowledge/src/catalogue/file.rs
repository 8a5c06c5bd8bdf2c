//! Files of a catalogue: what their names say, and what stands in them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault::CatalogueError;
use super::overlay::Change;
use super::place;
use crate::kind::EntryKind;

/// A file of a catalogue.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    /// The name as it is shown.
    pub(super) name: &'a str,
    /// Its content.
    pub(super) text: &'a str,
    /// What its folder says that it holds.
    pub(super) kind: EntryKind,
    /// The name without folder and extension.
    stem: &'a str,
}

/// An entry that is not wanted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disabled {
    /// The id of an entry that comes with Palisade.
    pub id: String,
    /// `true`.
    pub disabled: bool,
    /// Why it is not wanted here, plain words.
    pub reason: String,
}

/// What a file says first of all.
#[derive(Default, Deserialize)]
struct Probe {
    #[serde(default)]
    disabled: bool,
}

impl<'a> File<'a> {
    pub(super) fn of(name: &'a str, text: &'a str) -> Result<Self, CatalogueError> {
        let (folders, base) = name.rsplit_once('/').unwrap_or(("", name));
        let folder = folders.rsplit('/').next().unwrap_or_default();
        let Some(stem) = base.strip_suffix(".yaml") else {
            return Err(CatalogueError::new(name, "entries are `.yaml` files"));
        };
        let kind = EntryKind::of_folder(folder).ok_or_else(|| {
            CatalogueError::new(
                name,
                format!(
                    "`{folder}` is not a folder of the catalogue; it has actors, controls, frameworks, incidents, projects, \
                     steps, techniques, technologies and weaknesses"
                ),
            )
        })?;
        Ok(Self { name, text, kind, stem })
    }

    /// The entry that is not wanted, if that is what the file says.
    pub(super) fn disabled(self) -> Result<Option<Disabled>, CatalogueError> {
        let probe: Probe = serde_saphyr::from_str(self.text).unwrap_or_default();
        if !probe.disabled {
            return Ok(None);
        }
        let disabled: Disabled = self.read()?;
        self.check_id(&disabled.id)?;
        if disabled.reason.trim().is_empty() {
            return Err(self.error("reason", "say in `reason` why the entry is not wanted"));
        }
        Ok(Some(disabled))
    }

    /// The entry that stands in the file, and its id.
    pub(super) fn entry<T: DeserializeOwned>(self, id: fn(&T) -> &String) -> Result<(String, T), CatalogueError> {
        let entry: T = self.read()?;
        let id = id(&entry).clone();
        self.check_id(&id)?;
        Ok((id, entry))
    }

    /// What the file changes.
    pub(super) fn changes(self, id: String) -> Change {
        Change {
            kind: self.kind,
            id,
            file: self.name.to_owned(),
        }
    }

    /// Something wrong at a field of the file.
    pub(super) fn error(self, at: &str, message: impl Into<String>) -> CatalogueError {
        CatalogueError {
            position: place::of(self.text, &palisade_inventory::FieldPath::parse(at)),
            ..CatalogueError::new(self.name, message)
        }
    }

    fn read<T: DeserializeOwned>(self) -> Result<T, CatalogueError> {
        serde_saphyr::from_str(self.text).map_err(|error| CatalogueError {
            position: error.location().and_then(place::position),
            ..CatalogueError::new(self.name, describe(&error))
        })
    }

    /// Ids can be typed and linked to, and files are found by them.
    fn check_id(self, id: &str) -> Result<(), CatalogueError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if id.is_empty() || !id.chars().all(is_plain) {
            let message = format!("`{id}` is no id: letters, digits, `-`, `.` and `_`");
            return Err(self.error("id", message));
        }
        let rest = self.stem.strip_prefix(id);
        if rest.is_some_and(|title| title.is_empty() || title.starts_with('-')) {
            return Ok(());
        }
        let message = format!("the file must be named after the id: `{id}.yaml` or `{id}-….yaml`");
        Err(CatalogueError::new(self.name, message))
    }
}

/// A YAML error in one line, without its position.
fn describe(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line.get(..end).unwrap_or(line).to_owned()
}
