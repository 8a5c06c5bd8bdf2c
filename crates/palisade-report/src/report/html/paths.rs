//! The worst attack paths drawn step by step, all others in a line each.

use std::collections::{BTreeMap, BTreeSet};

use palisade_engine::assessment::{AssetKind, AttackPath, PathStep, SystemAssessment};

use super::Cut;
use crate::report::place::{Place, Places};
use crate::report::{Audience, Dossier};
use crate::text::page::first_sentence;
use crate::words;

/// Paths drawn that a risk refers to and that are not among the worst of their sort.
const FEW_OF_RISKS: usize = 4;

pub(super) struct PathsView {
    pub(super) all: usize,
    pub(super) drawn: Vec<PathView>,
    pub(super) others: Cut<OtherPath>,
}

/// A path drawn in full.
pub(super) struct PathView {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) sentence: String,
    pub(super) severity: &'static str,
    pub(super) likelihood: String,
    /// Paths that end in the same way.
    pub(super) alike: usize,
    pub(super) also: String,
    pub(super) entry: String,
    pub(super) steps: Vec<StepView>,
    pub(super) waiver: String,
}

pub(super) struct StepView {
    pub(super) title: String,
    pub(super) step: String,
    pub(super) techniques: String,
    pub(super) to: String,
    pub(super) why: String,
    pub(super) fix: String,
    pub(super) likelihood: String,
    pub(super) is_choke_point: bool,
    pub(super) places: Vec<Place>,
}

pub(super) struct OtherPath {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) sentence: String,
    pub(super) severity: &'static str,
    pub(super) likelihood: String,
    pub(super) steps: String,
    pub(super) places: Vec<Place>,
}

/// Where each path that is told stands in the page.
pub(super) type Anchors = BTreeMap<String, String>;

const fn few(audience: Audience) -> usize {
    match audience {
        Audience::Board => 3,
        _ => 6,
    }
}

impl PathsView {
    pub(super) fn new(system: &SystemAssessment, dossier: &Dossier<'_>, places: Places<'_>, prefix: &str) -> Self {
        let mut alike: BTreeMap<_, Vec<&AttackPath>> = BTreeMap::new();
        for path in &system.paths {
            alike.entry(sort(path)).or_default().push(path);
        }
        let is_first = |path: &&AttackPath| {
            let first = alike.get(&sort(path)).and_then(|all| all.first());
            first.is_some_and(|first| first.id == path.id)
        };
        let worst = system.paths.iter().filter(is_first).take(few(dossier.audience));
        let mut ids: BTreeSet<&str> = worst.map(|path| &*path.id).collect();
        // What the dearest risks come from is told as well.
        let of_risks = system.risks.iter().filter_map(|risk| risk.paths.first());
        ids.extend(of_risks.map(|id| &**id).take(FEW_OF_RISKS));
        let (drawn, others): (Vec<&AttackPath>, Vec<&AttackPath>) =
            system.paths.iter().partition(|path| ids.contains(&*path.id));
        let in_full = !matches!(dossier.audience, Audience::Board);
        let view = |path: &&AttackPath| PathView {
            anchor: format!("{prefix}-{}", path.id),
            id: path.id.clone(),
            sentence: words::path(path),
            severity: words::level(path.severity),
            likelihood: words::percent(path.likelihood),
            alike: alike.get(&sort(path)).map_or(0, |all| all.len() - 1),
            also: also(path),
            entry: path.steps.first().map_or(&path.entry, |step| &step.from).to_string(),
            steps: path.steps.iter().map(|step| one_step(step, places, in_full)).collect(),
            waiver: path.waiver.as_ref().map(words::waiver).unwrap_or_default(),
        };
        Self {
            all: system.paths.len(),
            drawn: drawn.iter().map(view).collect(),
            others: Cut::first(&others, dossier.audience.rows(), |path| OtherPath {
                anchor: format!("{prefix}-{}", path.id),
                id: path.id.clone(),
                sentence: words::path(path),
                severity: words::level(path.severity),
                likelihood: words::percent(path.likelihood),
                steps: path
                    .steps
                    .iter()
                    .map(|step| &*step.title)
                    .collect::<Vec<_>>()
                    .join(", then "),
                places: path
                    .steps
                    .iter()
                    .filter_map(|step| step.evidence.first())
                    .map(|it| places.of(it))
                    .take(3)
                    .collect(),
            }),
        }
    }

    /// The paths that can be referred to.
    pub(super) fn anchors(&self) -> Anchors {
        let drawn = self.drawn.iter().map(|path| (path.id.clone(), path.anchor.clone()));
        let others = self
            .others
            .rows
            .iter()
            .map(|path| (path.id.clone(), path.anchor.clone()));
        drawn.chain(others).collect()
    }
}

/// Paths of one sort end in the same way.
fn sort(path: &AttackPath) -> (String, AssetKind, String) {
    let last = path.steps.last().map_or("", |step| &step.step);
    (path.actor.clone(), path.asset_kind, last.to_owned())
}

fn also(path: &AttackPath) -> String {
    match path.also.as_slice() {
        [] => String::new(),
        [one] => format!("and {one} as well"),
        several => format!("and {} more of its kind as well", several.len()),
    }
}

fn one_step(step: &PathStep, places: Places<'_>, in_full: bool) -> StepView {
    StepView {
        title: step.title.clone(),
        step: step.step.clone(),
        techniques: step.techniques.join(" "),
        to: step.to.to_string(),
        why: if in_full {
            step.why.clone()
        } else {
            first_sentence(&step.why).to_owned()
        },
        fix: if in_full {
            step.fix.clone()
        } else {
            first_sentence(&step.fix).to_owned()
        },
        likelihood: words::percent(step.likelihood),
        is_choke_point: step.choke_point == Some(true),
        places: places.few(&step.evidence, 3),
    }
}
