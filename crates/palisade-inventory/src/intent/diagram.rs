//! What no artefact shows of a system, or shows wrongly.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is done to a part of the diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiagramChange {
    /// It is there although no artefact shows it.
    #[default]
    Add,
    /// It is there, but otherwise than the artefacts say.
    Correct,
    /// It is not there, or not in use, although artefacts say so.
    Remove,
}

/// A part of the system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ElementIntent {
    /// Its id, `Kind/namespace/name` or `Kind/name`: `External/card-provider`.
    pub id: String,
    /// What is done. Default: `add`.
    #[serde(default)]
    pub change: DiagramChange,
    /// Its role in the diagram. Needed where it is added.
    pub kind: Option<ElementRole>,
    /// The boundary it stands in, by id. Default: `external-services` for an external entity, else `cluster`.
    pub boundary: Option<String>,
    /// The technology in it: a catalogue id such as `postgresql`.
    pub technology: Option<String>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Why. Needed where something is corrected or removed.
    pub reason: Option<String>,
}

/// An element's role in a data-flow diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElementRole {
    /// Outside of our control: a service of somebody else, a person.
    ExternalEntity,
    /// Runs code.
    Process,
    /// Keeps data.
    DataStore,
}

/// Data that moves from one element to another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowIntent {
    /// Where it begins: the id of an element, the caller.
    pub from: String,
    /// Where it ends: the id of an element.
    pub to: String,
    /// What is done. `correct` and `remove` are about every flow between the two. Default: `add`.
    #[serde(default)]
    pub change: DiagramChange,
    /// `TCP`, `UDP` or `SCTP`. Default: `TCP`.
    pub protocol: Option<String>,
    /// What is spoken, as a URL scheme: `https`, `postgres`.
    pub application: Option<String>,
    /// Ports at the receiving end.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Whether it is encrypted. Default: not known.
    pub encrypted: Option<bool>,
    /// Why. Needed where something is corrected or removed.
    pub reason: Option<String>,
}

/// A line that trust changes across.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundaryIntent {
    /// Its id: `zone/card-data`.
    pub id: String,
    /// What is done. Default: `add`.
    #[serde(default)]
    pub change: DiagramChange,
    /// The boundary that it lies in: one of this file, or `outside`, `external-services`, `cluster`, `control-plane`,
    /// `namespace/shop`, `node/n1`. Default: `cluster`.
    pub parent: Option<String>,
    /// The elements inside: ids, with `*` for any text.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Why. Needed where something is corrected or removed.
    pub reason: Option<String>,
}
