//! Intent: what people declare in `palisade.yaml`, because no artefact can tell it. All of it is optional.

mod amount;
mod control;
mod date;
mod decision;
mod diagram;
mod worth;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

pub use amount::{Amount, AmountError};
pub use control::{ControlCost, FrameworkInForce, UnseenControl};
pub use date::{Date, DateError};
pub use decision::{Acceptance, Assumption, Disposition, DispositionState, SecurityRequirement, Waiver};
pub use diagram::{BoundaryIntent, DiagramChange, ElementIntent, ElementRole, FlowIntent};
pub use worth::{ActorIntent, Appetite, Asset, Attempts, Classification, Loss, LossRange, Service};

use crate::node::Node;
use crate::path::{FieldPath, Position};

/// What is declared, and where it is written. Empty where there is no such file.
#[derive(Clone, Debug, Default)]
pub struct Intent {
    /// What it says.
    pub declared: Declared,
    /// The file as the user would name it.
    pub file: Arc<str>,
    /// The document, which knows where everything stands: `assets[2].loss` and so on.
    pub document: Arc<Node>,
}

impl Intent {
    /// Where a field stands, or the deepest part of its path that is there.
    pub fn locate(&self, path: &FieldPath) -> Position {
        self.document.locate(path)
    }
}

/// What people declare about a system, because no artefact can tell it. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[schemars(title = "Palisade: intent")]
#[serde(deny_unknown_fields, default)]
pub struct Declared {
    /// The version of this format. Default: 1, the only one there is.
    pub version: Option<u32>,
    /// The currency of every amount in this file: `EUR`, `USD`, `INR`. Default: `USD`.
    pub currency: Option<String>,
    /// What a day of an engineer's work costs. Default: 800.
    pub day_rate: Option<Amount>,
    /// What may be spent on controls in a year. Default: whatever pays.
    pub budget: Option<Amount>,
    /// How much risk the organisation accepts.
    pub appetite: Appetite,
    /// Business services, and who answers for them.
    pub services: Vec<Service>,
    /// What is worth protecting, and what losing it costs. Default: what the system itself shows to be worth it (control over
    /// the cluster, nodes, stores, secrets), at the losses of `docs/risk-model.md`.
    pub assets: Vec<Asset>,
    /// Actors who come more or less often than the catalogue's default.
    pub actors: Vec<ActorIntent>,
    /// Elements that no artefact shows, or that need correcting.
    pub elements: Vec<ElementIntent>,
    /// Flows that no artefact shows, or that need correcting.
    pub flows: Vec<FlowIntent>,
    /// Trust boundaries that no artefact shows, or that need correcting.
    pub boundaries: Vec<BoundaryIntent>,
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
    /// Risks that are borne knowingly, for a time.
    pub accepted_risks: Vec<Acceptance>,
    /// What is decided about single threats.
    pub dispositions: Vec<Disposition>,
    /// Findings and attack steps that are borne knowingly, for a time.
    pub waivers: Vec<Waiver>,
    /// What the system must do for security.
    pub requirements: Vec<SecurityRequirement>,
    /// Controls that are in place although no artefact shows them.
    pub controls: Vec<UnseenControl>,
    /// What controls cost here.
    pub costs: Vec<ControlCost>,
    /// Frameworks that are in force.
    pub frameworks: Vec<FrameworkInForce>,
}

impl Declared {
    /// The currency of every amount.
    pub fn currency(&self) -> &str {
        self.currency.as_deref().unwrap_or("USD")
    }

    /// What a day of an engineer's work costs.
    pub fn day_rate(&self) -> Amount {
        const DEFAULT: Amount = Amount::from_cents(80_000);
        self.day_rate.unwrap_or(DEFAULT)
    }
}
