//! Guardrails: controls as files that a machine enforces, made as structured objects and proved before anybody writes them.
//!
//! A generator makes the guardrails of one [`Target`] from an [`Input`], and proves each by what the engine knows: an
//! admission policy by evaluating it over examples and over the system's own objects, a change by making it to a copy of
//! the model and assessing that again. To add one, write a module with a function and name it in `GENERATORS`.

mod admission;
mod audit;
mod effect;
mod guardrail;
mod input;
mod network;
mod pod_security;
mod rbac;
mod target;
mod workloads;

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::admission::Judge;
pub use self::effect::Effect;
pub use self::guardrail::{Answers, Application, Companion, Exemption, Guardrail, Proof, ProofVerdict};
pub use self::input::{Input, Known, Wanted};
pub use self::target::Target;
use crate::assessment::{Assessment, SystemAssessment};

/// Makes the guardrails of one target.
type Generator = fn(&Input<'_>) -> Vec<Guardrail>;

/// What makes guardrails, in the order of the index.
const GENERATORS: [(Target, Generator); 10] = [
    (Target::WorkloadPatch, workloads::generate),
    (Target::Rbac, rbac::generate),
    (Target::AdmissionVap, admission::vap),
    (Target::Kyverno, admission::kyverno),
    (Target::Gatekeeper, admission::gatekeeper),
    (Target::PodSecurity, pod_security::generate),
    (Target::NetworkPolicy, network::generate),
    (Target::Cilium, network::generate_cilium),
    (Target::Istio, network::generate_istio),
    (Target::AuditPolicy, audit::generate),
];

/// The guardrails of everything that was assessed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Guardrails {
    /// The version of this format.
    pub schema: u32,
    /// The version of Palisade that made them.
    pub version: String,
    /// By system, in the order of the assessment.
    pub systems: Vec<SystemGuardrails>,
}

/// The guardrails of one system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SystemGuardrails {
    /// The folder or file that holds the system.
    pub root: Arc<str>,
    /// The guardrails, by target.
    pub guardrails: Vec<Guardrail>,
    /// What becomes of the system once all that are ready are in place. None where none of them changes what the model reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Controls that were wanted, and weaknesses that were found, and that no guardrail answers, by id.
    pub unanswered: Vec<Unanswered>,
}

/// A control, or a weakness, that no guardrail answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Unanswered {
    /// A catalogue id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Why there is none.
    pub why: String,
}

/// Makes guardrails for every system of an assessment, and proves them.
pub fn guard(assessment: &Assessment, known: Known<'_>) -> Guardrails {
    Guardrails {
        schema: 1,
        version: assessment.version.clone(),
        systems: assessment
            .systems
            .iter()
            .map(|system| of_system(system, known))
            .collect(),
    }
}

fn of_system(assessment: &SystemAssessment, known: Known<'_>) -> SystemGuardrails {
    let input = Input { assessment, known };
    let wanted = &known.wanted.targets;
    let mut guardrails = Vec::new();
    for (target, generate) in GENERATORS {
        if wanted.is_empty() || wanted.contains(&target) {
            guardrails.append(&mut generate(&input));
        }
    }
    for guardrail in &mut guardrails {
        guardrail.file = inside(&guardrail.file);
        for companion in &mut guardrail.companions {
            companion.file = inside(&companion.file);
        }
    }
    SystemGuardrails {
        root: Arc::clone(&input.system().root),
        unanswered: unanswered(&input, &guardrails),
        effect: effect::effect(&input, &guardrails),
        guardrails,
    }
}

/// A path that leads out of no folder, whatever objects are called that it is named after.
fn inside(path: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|part| if matches!(part, "" | "." | "..") { "-" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn unanswered(input: &Input<'_>, guardrails: &[Guardrail]) -> Vec<Unanswered> {
    let answers = guardrails.iter().map(|one| &one.answers);
    let answered: BTreeSet<&str> = answers
        .flat_map(|one| one.controls.iter().chain(&one.weaknesses))
        .map(|id| &**id)
        .collect();
    let controls = input.controls();
    let weaknesses = input.weaknesses(&controls);
    let left = weaknesses
        .into_iter()
        .filter(|(id, (_, findings))| !findings.is_empty() && !answered.contains(id));
    let left = left.map(|(id, (weakness, _))| Unanswered {
        id: id.to_owned(),
        title: weakness.title.clone(),
        why: admission::cannot_keep_out(weakness)
            .unwrap_or("none of the targets asked for has a file against it")
            .to_owned(),
    });
    let all = controls.values().copied().filter(|one| !answered.contains(&*one.id));
    let all = all.map(|control| Unanswered {
        id: control.id.clone(),
        title: control.title.clone(),
        why: if control.guardrails.is_empty() {
            "no file can put it in place: it is for people, or for a project, to do"
        } else {
            "nothing that was read calls for such a file here, or none of the targets asked for has one"
        }
        .to_owned(),
    });
    all.chain(left).collect()
}
