//! What to do, in three waves.

use palisade_engine::assessment::{Goal, Plan, PlanStep, SystemAssessment, Wave};
use palisade_engine::system::ElementId;
use palisade_knowledge::Effort;

use super::paths::Anchors;
use crate::report::Dossier;
use crate::report::place::{Place, Places};
use crate::text::page::count;
use crate::words::{self, money};

pub(super) struct RoadmapView {
    pub(super) waves: Vec<WaveView>,
    pub(super) total: String,
    pub(super) how_good: String,
}

pub(super) struct WaveView {
    pub(super) name: &'static str,
    pub(super) when: &'static str,
    pub(super) steps: Vec<StepRow>,
}

pub(super) struct StepRow {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) control: String,
    pub(super) does: String,
    pub(super) where_to: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) cost: String,
    pub(super) effort: &'static str,
    pub(super) closes: String,
    /// Id and anchor.
    pub(super) paths: Vec<(String, String)>,
    pub(super) owner: String,
    pub(super) guardrails: String,
    pub(super) projects: String,
    pub(super) adds: String,
    pub(super) places: Vec<Place>,
}

impl RoadmapView {
    pub(super) fn new(
        system: &SystemAssessment,
        dossier: &Dossier<'_>,
        places: Places<'_>,
        anchors: &Anchors,
    ) -> Option<Self> {
        let (plan, risk) = (system.plan.as_ref()?, system.risk.as_ref()?);
        let currency = &*risk.currency;
        let numbered: Vec<(usize, &PlanStep)> = (1..).zip(&plan.steps).collect();
        let waves = [
            (Wave::Now, "Now", "at once, or a matter of days"),
            (Wave::Next, "Next", "up to two weeks each"),
            (Wave::Later, "Later", "longer projects"),
        ];
        let waves = waves.into_iter().map(|(wave, name, when)| {
            let steps = numbered.iter().filter(|(_, step)| step.wave == wave);
            WaveView {
                name,
                when,
                steps: steps
                    .map(|(number, step)| row(*number, step, currency, dossier, places, anchors))
                    .collect(),
            }
        });
        Some(Self {
            waves: waves.filter(|wave| !wave.steps.is_empty()).collect(),
            total: total(plan, currency),
            how_good: how_good(plan, currency),
        })
    }
}

fn row(
    number: usize,
    step: &PlanStep,
    currency: &str,
    dossier: &Dossier<'_>,
    places: Places<'_>,
    anchors: &Anchors,
) -> StepRow {
    let control = dossier.catalogue.controls.get(&step.control);
    let elements: Vec<&str> = step.elements.iter().map(ElementId::as_str).collect();
    let where_to = match elements.as_slice() {
        [] => "the whole system".to_owned(),
        [one, other, third, _, rest @ ..] => format!("{one}, {other}, {third} and {} more", rest.len() + 1),
        few => few.join(", "),
    };
    let name = |id: &String| {
        dossier
            .catalogue
            .projects
            .get(id)
            .map_or(id.clone(), |it| it.name.clone())
    };
    StepRow {
        number,
        title: step.title.clone(),
        control: step.control.clone(),
        does: control.map(|it| words::one_line(&it.does)).unwrap_or_default(),
        where_to,
        before: money(step.risk_before, currency),
        after: money(step.risk_after, currency),
        cost: format!(
            "{} once, {} a year",
            money(step.cost.once, ""),
            money(step.cost.yearly, currency)
        ),
        effort: match step.effort {
            Effort::Low => "up to two days",
            Effort::Medium => "two to ten days",
            Effort::High => "ten to forty days",
        },
        closes: match step.closes.len() {
            0 => String::new(),
            n => format!("closes {}", count(n, "attack path")),
        },
        paths: step
            .closes
            .iter()
            .filter_map(|id| Some((id.clone(), anchors.get(id)?.clone())))
            .take(3)
            .collect(),
        owner: step.owner.clone().unwrap_or_default(),
        guardrails: step.guardrails.iter().map(words::name).collect::<Vec<_>>().join(", "),
        projects: step.projects.iter().take(4).map(name).collect::<Vec<_>>().join(", "),
        adds: step.adds.clone().unwrap_or_default(),
        places: places.few(&step.evidence, 3),
    }
}

fn total(plan: &Plan, currency: &str) -> String {
    if plan.steps.is_empty() {
        return "No control removes more risk than it costs.".to_owned();
    }
    format!(
        "All of it costs {} once and {} a year, and takes the mean loss of a year from {} to {}.",
        money(plan.cost.once, currency),
        money(plan.cost.yearly, currency),
        money(plan.before, currency),
        money(plan.after, currency)
    )
}

fn how_good(plan: &Plan, currency: &str) -> String {
    if plan.goal == Goal::Named {
        return "The controls were named, not chosen.".to_owned();
    }
    let considered = count(plan.considered, "control");
    if plan.is_exact {
        format!("{considered} were considered; no other choice of them is better.")
    } else if plan.gap.cents() == 0 {
        format!("{considered} were considered. Not every choice was weighed; of those that were, none is better.")
    } else {
        format!(
            "{considered} were considered. Not every choice was weighed; of those that were, none is better by more than {} a year.",
            money(plan.gap, currency)
        )
    }
}
