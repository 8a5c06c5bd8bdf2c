//! The formats of entries as JSON Schema, for editors.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::catalogue::Disabled;
use crate::control::Control;
use crate::entry::{Technology, Weakness};
use crate::framework::Framework;
use crate::incident::Incident;
use crate::kind::EntryKind;
use crate::project::Project;
use crate::step::AttackStep;
use crate::technique::Technique;

/// The JSON Schema of a kind of entry, with a newline at its end. It is of draft 7, which is what editors know.
///
/// An entry that says `disabled` is one that is switched off, whatever its kind.
pub fn schema(kind: EntryKind) -> String {
    match kind {
        EntryKind::Weaknesses => of::<Weakness>(kind),
        EntryKind::Steps => of::<AttackStep>(kind),
        EntryKind::Techniques => of::<Technique>(kind),
        EntryKind::Controls => of::<Control>(kind),
        EntryKind::Frameworks => of::<Framework>(kind),
        EntryKind::Actors => of::<Actor>(kind),
        EntryKind::Projects => of::<Project>(kind),
        EntryKind::Incidents => of::<Incident>(kind),
        EntryKind::Technologies => of::<Technology>(kind),
    }
}

fn of<T: JsonSchema>(kind: EntryKind) -> String {
    let mut generator: SchemaGenerator = SchemaSettings::draft07().into_generator();
    let entry = generator.subschema_for::<T>();
    let disabled = generator.subschema_for::<Disabled>();
    let definitions: Value = generator.take_definitions(true).into();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": format!("Palisade: {}", kind.singular()),
        "if": { "required": ["disabled"] },
        "then": disabled,
        "else": entry,
        "definitions": definitions,
    });
    format!("{schema:#}\n")
}
