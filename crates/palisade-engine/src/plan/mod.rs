//! What shall we do about it? Risk in money, the acceptable range, and the controls that bring it there.
//!
//! ```text
//! attack graph ─ at_risk ─► problem ─ play ─► inherent, current ─ choose ─► plan ─ play ─► residual ─► verdict
//! ```

mod choose;
mod cost;

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{Amount, Date, Intent};
use palisade_knowledge::{Catalogue, Control, Effort};

use self::choose::{Aim, choose};
use self::cost::{cost, sum};
use crate::assessment::{
    AssetAssessment, AttackPath, ControlAssessment, Cost, Goal, Plan, PlanStep, RangeState, Risk, RiskAcceptance,
    RiskSummary, Treatment, Verdict, Wave,
};
use crate::intent::evidence;
use crate::paths::{AtRisk, AttackGraph, Measure};
use crate::risk::{Outcome, Scenarios, Simulation, cents, in_cents, sensitivity};
use crate::stable_id::stable_id;
use crate::system::{ElementId, Evidence, System};

/// How risk is computed and what is asked of a plan.
#[derive(Clone, Debug, Default)]
pub struct Planning {
    /// How years are played.
    pub simulation: Simulation,
    /// The plan is these controls, by catalogue id, whatever they cost. Empty: the best choice.
    pub with: Vec<String>,
    /// Controls that are out of the question, by catalogue id.
    pub without: Vec<String>,
}

/// What risk comes to, and what to do.
pub(crate) struct Decided {
    pub(crate) risk: RiskSummary,
    pub(crate) risks: Vec<Risk>,
    pub(crate) plan: Plan,
    pub(crate) verdict: Verdict,
    pub(crate) bounds_hit: Vec<String>,
}

/// What was found out so far, on which decisions rest.
pub(crate) struct Known<'a> {
    pub(crate) system: &'a System,
    pub(crate) graph: &'a AttackGraph<'a>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) intent: &'a Intent,
    pub(crate) as_of: Option<Date>,
    pub(crate) assets: &'a [AssetAssessment],
    pub(crate) controls: &'a [ControlAssessment],
    pub(crate) paths: &'a [AttackPath],
}

/// Trials with which choices are weighed; what is shown is played with all.
const WEIGHED: u32 = 4096;
/// Trials with which they are weighed at least, however large the system.
const WEIGHED_AT_LEAST: u32 = 256;
/// Steps of all actors beyond which choices are weighed with fewer trials.
const MANY_STEPS: usize = 20_000;
/// Steps of a problem beyond which no more trials than that, and no more years than these, are played at all.
const MOST_STEPS: usize = 100_000;
const MOST_YEARS: u32 = 2_000;
/// Words of the simulation that each part of weighing choices may look at.
const EFFORT: f64 = 1_000_000_000.0;
/// The same of large systems, in which each look costs more beside.
const EFFORT_OF_LARGE: f64 = 300_000_000.0;
/// Measures that are weighed against each other.
const MOST_MEASURES: usize = 40;
/// Looks at rules that telling which paths a plan closes may take.
const CUT_BUDGET: usize = 12_000_000;

/// Computes risk, chooses a plan and judges what is left.
pub(crate) fn decide(known: &Known<'_>, planning: &Planning) -> Decided {
    let at_risk = known.graph.at_risk(known.intent, known.assets, known.controls);
    let mut simulation = planning.simulation;
    if at_risk.problem.steps.len() > MOST_STEPS {
        simulation.trials = simulation.trials.min(WEIGHED);
        simulation.years = simulation.years.min(MOST_YEARS);
    }
    let full = Scenarios::new(&at_risk.problem, simulation);
    let fewer = u32::try_from(full.steps() / MANY_STEPS + 1).unwrap_or(u32::MAX);
    let weighed = Simulation {
        trials: (WEIGHED / fewer).max(WEIGHED_AT_LEAST).min(simulation.trials),
        ..simulation
    };
    let quick = Scenarios::new(&at_risk.problem, weighed);
    let acceptances = acceptances(known, &at_risk);
    let counts = |actor: usize, asset: usize| {
        acceptances
            .get(&(actor, asset))
            .is_none_or(|accepted| accepted.has_ended)
    };

    let inherent = full.simulate(&BTreeSet::new());
    let current = full.simulate(&at_risk.in_place);
    let weighing = Weighing {
        known,
        at_risk: &at_risk,
        quick: &quick,
        counts: &counts,
        planning,
    };
    let chosen = weighing.choose();
    let with_plan: BTreeSet<usize> = at_risk.in_place.iter().chain(&chosen.order).copied().collect();
    let residual = full.simulate(&with_plan);
    let mut bounds_hit = Vec::new();
    let plan = plan(known, &at_risk, &full, &counts, &chosen, &mut bounds_hit);
    let risk = RiskSummary {
        currency: known
            .intent
            .declared
            .currency
            .clone()
            .unwrap_or_else(|| "USD".to_owned()),
        seed: simulation.seed,
        years: simulation.years,
        trials: simulation.trials,
        accepted: Amount::from_cents(current.total.mean.cents().saturating_sub(plan.before.cents())),
        sensitivity: sensitivity(&quick, &at_risk.in_place).into_iter().take(10).collect(),
        inherent: inherent.total.clone(),
        current: current.total.clone(),
        residual: residual.total.clone(),
        at_stake: at_risk.at_stake.clone(),
    };
    Decided {
        risks: register(known, &at_risk, &acceptances, [&inherent, &current, &residual], &plan),
        verdict: verdict(known, &at_risk, &plan, cents(chosen.lower)),
        risk,
        plan,
        bounds_hit,
    }
}

/// The controls that were chosen.
struct Chosen {
    /// By their place in the problem, that which pays most first.
    order: Vec<usize>,
    goal: Goal,
    considered: usize,
    is_exact: bool,
    gap: f64,
    /// The risk below which nothing pays, in cents.
    lower: f64,
}

struct Weighing<'w, 'a> {
    known: &'w Known<'a>,
    at_risk: &'w AtRisk,
    quick: &'w Scenarios<'w>,
    counts: &'w dyn Fn(usize, usize) -> bool,
    planning: &'w Planning,
}

impl Weighing<'_, '_> {
    fn choose(&self) -> Chosen {
        let mut measures = self.measures();
        let considered = measures.len();
        let is_whole = self.take_away(&mut measures, MOST_MEASURES).is_empty();
        let costs: Vec<f64> = measures
            .iter()
            .map(|measure| in_cents(self.cost(*measure).per_year))
            .collect();
        let set = |bits: choose::Set| -> Vec<usize> {
            let chosen = measures.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1);
            chosen.map(|(_, measure)| *measure).collect()
        };
        let mut risk = |bits| self.left(&set(bits));
        let mut best = |aim| choose(&costs, aim, &self.effort(), &mut risk);

        let declared = &self.known.intent.declared;
        let aim = Aim {
            upper: declared.appetite.upper.map(in_cents),
            budget: declared.budget.map(in_cents),
        };
        let pays = best(Aim::default());
        let choice = if aim == Aim::default() { pays } else { best(aim) };
        let lower = self.left(&set(pays.chosen));
        let (chosen, goal) = if self.planning.with.is_empty() {
            let goal = if aim.budget.is_some() {
                Goal::WithinBudget
            } else {
                Goal::LeastTotal
            };
            (set(choice.chosen), goal)
        } else {
            (self.named(), Goal::Named)
        };
        Chosen {
            order: self.ordered(chosen),
            goal,
            considered,
            is_exact: goal != Goal::Named && choice.is_exact && is_whole,
            gap: if goal == Goal::Named { 0.0 } else { choice.gap },
            lower,
        }
    }

    /// Takes away one measure after another, that which is missed least for what it costs first, until so many are left: what
    /// was taken away, in that order. What the effort does not suffice for goes from the end.
    ///
    /// A measure is missed the more the fewer there are, so that what was found out before is the least that it is missed.
    fn take_away(&self, measures: &mut Vec<usize>, until: usize) -> Vec<usize> {
        let used = self.effort();
        let mut all = self.left(measures);
        let mut missed: Vec<(f64, usize)> = measures.iter().map(|measure| (f64::NEG_INFINITY, *measure)).collect();
        let mut taken = Vec::new();
        while missed.len() > until {
            if used() >= 1.0 {
                taken.extend(missed.drain(until..).rev().map(|(_, measure)| measure));
                break;
            }
            let least = missed.iter().enumerate().rev().min_by(|a, b| a.1.0.total_cmp(&b.1.0));
            let Some((at, _)) = least else { break };
            let (_, measure) = missed.remove(at);
            let others: Vec<usize> = missed.iter().map(|(_, measure)| *measure).collect();
            let without = self.left(&others);
            let is_missed = without - all - in_cents(self.cost(measure).per_year);
            if missed.iter().all(|(other, _)| is_missed <= *other) {
                all = without;
                taken.push(measure);
            } else {
                missed.insert(at, (is_missed, measure));
            }
        }
        *measures = missed.into_iter().map(|(_, measure)| measure).collect();
        taken
    }

    /// Tells which part of the effort that one part of weighing may take is used up from now on.
    fn effort(&self) -> impl Fn() -> f64 {
        let before = self.quick.spent();
        let effort = self.most_effort();
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let part = move || (self.quick.spent() - before) as f64 / effort;
        part
    }

    fn most_effort(&self) -> f64 {
        if self.quick.steps() > MANY_STEPS {
            EFFORT_OF_LARGE
        } else {
            EFFORT
        }
    }

    /// The mean loss of a year with these beside what is in place, in cents.
    fn left(&self, measures: &[usize]) -> f64 {
        let in_place = self.at_risk.in_place.iter().chain(measures).copied().collect();
        self.quick.mean(&in_place, self.counts)
    }

    /// What could be put in place and would make a difference, those on the worst paths first.
    fn measures(&self) -> Vec<usize> {
        let mut on_paths: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for path in self.known.paths {
            for step in &path.steps {
                for element in [&step.from, &step.to] {
                    *on_paths.entry((&step.step, element.as_str())).or_default() += path.likelihood;
                }
            }
        }
        let weight = |measure: &Measure| -> f64 {
            let acts = measure.acts.iter();
            acts.filter_map(|(_, rule, element)| on_paths.get(&(rule.as_str(), element.as_str())))
                .sum()
        };
        let is_out = |measure: &Measure| self.planning.without.contains(&measure.control);
        let matters = |measure: &Measure| measure.acts.iter().any(|(event, ..)| self.quick.depends_on(*event));
        let mut measures: Vec<(f64, usize)> = self
            .at_risk
            .measures
            .iter()
            .filter(|(_, measure)| !is_out(measure) && matters(measure))
            .map(|(index, measure)| (weight(measure), *index))
            .collect();
        measures.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        measures.into_iter().map(|(_, index)| index).collect()
    }

    /// Everything that the named controls could do.
    fn named(&self) -> Vec<usize> {
        let is_named = |measure: &Measure| self.planning.with.contains(&measure.control);
        let named = self.at_risk.measures.iter().filter(|(_, measure)| is_named(measure));
        named.map(|(index, _)| *index).collect()
    }

    /// In the order in which each lowers risk most for what it costs, after those before it. Where finding that out takes too
    /// long, the last is that which of all is missed least, that before it of those that remain, and so on.
    fn ordered(&self, mut left: Vec<usize>) -> Vec<usize> {
        let questions = left.len() * left.len() / 2;
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        if (questions * self.quick.work()) as f64 > self.most_effort() {
            let taken = self.take_away(&mut left, 0);
            return taken.into_iter().rev().collect();
        }
        let mut order: Vec<usize> = Vec::new();
        while !left.is_empty() {
            let before = self.left(&order);
            let with = |measure: usize| self.left(&order.iter().copied().chain([measure]).collect::<Vec<_>>());
            let pays = |measure: usize| (before - with(measure)) / in_cents(self.cost(measure).per_year).max(1.0);
            let best = left.iter().enumerate().map(|(at, measure)| (pays(*measure), at));
            let best = best.reduce(|a, b| if b.0 > a.0 { b } else { a });
            let Some((_, at)) = best else { break };
            order.push(left.remove(at));
        }
        order
    }

    fn cost(&self, measure: usize) -> Cost {
        cost_of(self.known, self.at_risk, measure).unwrap_or_default()
    }
}

fn control_of<'k>(known: &Known<'k>, at_risk: &AtRisk, measure: usize) -> Option<&'k Control> {
    known.catalogue.controls.get(&at_risk.measures.get(&measure)?.control)
}

fn cost_of(known: &Known<'_>, at_risk: &AtRisk, measure: usize) -> Option<Cost> {
    let is_narrow = at_risk.measures.get(&measure)?.only.is_some();
    Some(cost(
        control_of(known, at_risk, measure)?,
        is_narrow,
        &known.intent.declared,
    ))
}

/// What remains after none, one, two … of these, in cents a year.
fn left_after(
    at_risk: &AtRisk,
    full: &Scenarios<'_>,
    counts: &dyn Fn(usize, usize) -> bool,
    order: &[usize],
) -> Vec<f64> {
    // From the last to the first: what can happen only grows, which is followed from one to the next.
    let left = (0..=order.len()).rev().map(|count| {
        let first = order.iter().take(count);
        full.mean(&at_risk.in_place.iter().chain(first).copied().collect(), counts)
    });
    let mut left: Vec<f64> = left.collect();
    left.reverse();
    left
}

/// When each is due, and so in which order: what brings risk below the upper boundary is due now, all else by its effort.
fn in_waves(
    known: &Known<'_>,
    at_risk: &AtRisk,
    full: &Scenarios<'_>,
    counts: &dyn Fn(usize, usize) -> bool,
    order: &[usize],
) -> Vec<(Wave, usize)> {
    let upper = known.intent.declared.appetite.upper.map(in_cents);
    let left = left_after(at_risk, full, counts, order);
    let waves = order.iter().zip(left).filter_map(|(index, before)| {
        let measure = at_risk.measures.get(index)?;
        let wave = match effort(measure, control_of(known, at_risk, *index)?) {
            _ if upper.is_some_and(|upper| before > upper) => Wave::Now,
            Effort::Low => Wave::Now,
            Effort::Medium => Wave::Next,
            Effort::High => Wave::Later,
        };
        Some((wave, *index))
    });
    let mut waves: Vec<(Wave, usize)> = waves.collect();
    waves.sort_by_key(|(wave, _)| *wave);
    waves
}

/// Narrowing one binding is a small change, whatever it takes to narrow all of them.
fn effort(measure: &Measure, control: &Control) -> Effort {
    if measure.only.is_some() {
        Effort::Low
    } else {
        control.effort
    }
}

/// Who owns these, where only one does.
fn owner<'e>(known: &Known<'_>, elements: impl Iterator<Item = &'e ElementId>) -> Option<String> {
    let owners = elements.map(|id| known.system.element(id.as_str())?.owner.clone());
    let owners: BTreeSet<Option<String>> = owners.collect();
    owners
        .into_iter()
        .flatten()
        .reduce(|_, _| String::new())
        .filter(|owner| !owner.is_empty())
}

/// The first few, each once.
fn few(all: impl Iterator<Item = Evidence>) -> Vec<Evidence> {
    let mut few: Vec<Evidence> = Vec::new();
    for one in all {
        if few.len() < MOST_EVIDENCE && !few.contains(&one) {
            few.push(one);
        }
    }
    few
}

fn plan(
    known: &Known<'_>,
    at_risk: &AtRisk,
    full: &Scenarios<'_>,
    counts: &dyn Fn(usize, usize) -> bool,
    chosen: &Chosen,
    bounds_hit: &mut Vec<String>,
) -> Plan {
    let order = in_waves(known, at_risk, full, counts, &chosen.order);
    let indices: Vec<usize> = order.iter().map(|(_, index)| *index).collect();
    let mut left = left_after(at_risk, full, counts, &indices).into_iter();
    let before = left.next().unwrap_or_default();
    let mut risk = before;
    let mut closed: BTreeSet<usize> = BTreeSet::new();
    let mut open: Vec<&AttackPath> = known.paths.iter().collect();
    let mut budget = CUT_BUDGET;
    let mut is_told_whole = true;
    let mut steps = Vec::new();
    for (wave, index) in &order {
        let after = left.next().unwrap_or(risk);
        let (Some(measure), Some(control)) = (at_risk.measures.get(index), control_of(known, at_risk, *index)) else {
            continue;
        };
        let is_closed = |event: &usize| {
            let barrier = at_risk.problem.controls.get(*index);
            barrier.is_some_and(|barrier| barrier.events.iter().any(|(at, leaves)| at == event && *leaves == 0.0))
        };
        closed.extend(measure.acts.iter().map(|(event, ..)| *event).filter(is_closed));
        let shut = if measure.closes.is_empty() {
            BTreeSet::new()
        } else {
            known
                .graph
                .closed(at_risk, &closed, &open, &mut budget)
                .unwrap_or_else(|| {
                    is_told_whole = false;
                    BTreeSet::new()
                })
        };
        open.retain(|path| !shut.contains(&path.id));
        let told: Vec<_> = measure
            .acts
            .iter()
            .filter(|(event, ..)| full.depends_on(*event))
            .collect();
        let evidence = few(told
            .iter()
            .flat_map(|(event, ..)| known.graph.evidence(at_risk, *event)));
        steps.push(PlanStep {
            control: control.id.clone(),
            title: control.title.clone(),
            wave: *wave,
            elements: told
                .iter()
                .map(|(_, _, element)| element.clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            answers: told
                .iter()
                .map(|(_, rule, _)| rule.clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            closes: shut.into_iter().collect(),
            risk_before: cents(risk),
            risk_after: cents(after),
            cost: cost_of(known, at_risk, *index).unwrap_or_default(),
            effort: effort(measure, control),
            projects: control.projects.clone(),
            guardrails: control.guardrails.clone(),
            owner: owner(known, told.iter().map(|(_, _, element)| element)),
            adds: None,
            evidence,
        });
        risk = after;
    }
    if !is_told_whole {
        bounds_hit.push("plan: not every step was looked at for the paths that it closes".to_owned());
    }
    Plan {
        before: cents(before),
        after: cents(risk),
        cost: sum(steps.iter().map(|step| step.cost)),
        steps,
        goal: chosen.goal,
        considered: chosen.considered,
        is_exact: chosen.is_exact,
        gap: cents(chosen.gap),
    }
}

/// Places that are named for one step of a plan.
const MOST_EVIDENCE: usize = 5;
/// Paths that are named for one risk.
const MOST_PATHS: usize = 10;

/// What somebody bears knowingly, by actor and asset of the problem. A decision that stands counts before one that has ended.
fn acceptances(known: &Known<'_>, at_risk: &AtRisk) -> BTreeMap<(usize, usize), RiskAcceptance> {
    let mut accepted: BTreeMap<(usize, usize), RiskAcceptance> = BTreeMap::new();
    for (index, acceptance) in known.intent.declared.accepted_risks.iter().enumerate() {
        let has_ended = known.as_of.is_some_and(|today| acceptance.until < today);
        for (actor, attacker) in at_risk.problem.actors.iter().enumerate() {
            for (asset, exposed) in at_risk.problem.assets.iter().enumerate() {
                let is_about = exposed.id == acceptance.asset
                    && acceptance.actor.as_ref().is_none_or(|actor| *actor == attacker.id);
                let stands = accepted.get(&(actor, asset)).is_some_and(|known| !known.has_ended);
                if is_about && !stands {
                    let told = RiskAcceptance {
                        owner: acceptance.owner.clone(),
                        reason: acceptance.reason.clone(),
                        until: acceptance.until,
                        has_ended,
                        evidence: evidence(known.intent, &format!("accepted_risks[{index}]"), "accepted"),
                    };
                    accepted.insert((actor, asset), told);
                }
            }
        }
    }
    accepted
}

/// The risk register, the dearest first.
fn register(
    known: &Known<'_>,
    at_risk: &AtRisk,
    acceptances: &BTreeMap<(usize, usize), RiskAcceptance>,
    [inherent, current, residual]: [&Outcome; 3],
    plan: &Plan,
) -> Vec<Risk> {
    let problem = &at_risk.problem;
    let mean = |outcome: &Outcome, actor: &str, asset: &str| {
        let found = outcome
            .risks
            .iter()
            .find(|risk| (&*risk.actor, &*risk.asset) == (actor, asset));
        found.map_or(Amount::ZERO, |risk| risk.loss.mean)
    };
    let rows = current.risks.iter().filter_map(|risk| {
        let actor = problem.actors.iter().position(|actor| actor.id == risk.actor)?;
        let asset = problem.assets.iter().position(|asset| asset.id == risk.asset)?;
        let elements: BTreeSet<&ElementId> = at_risk.at_stake.get(asset)?.elements.iter().collect();
        let sort = at_risk.sorts.get(actor)?;
        let paths: Vec<&AttackPath> = known
            .paths
            .iter()
            .filter(|path| path.actor == *sort)
            .filter(|path| elements.contains(&path.asset) || path.also.iter().any(|also| elements.contains(also)))
            .collect();
        let on_paths: BTreeSet<&ElementId> = paths
            .iter()
            .flat_map(|path| &path.steps)
            .flat_map(|step| [&step.from, &step.to])
            .collect();
        let acceptance = acceptances.get(&(actor, asset)).cloned();
        let after = mean(residual, &risk.actor, &risk.asset);
        let treatment = match &acceptance {
            Some(accepted) if !accepted.has_ended => Treatment::Accepted,
            _ if after < risk.loss.mean => Treatment::Treat,
            _ => Treatment::Bear,
        };
        let lowers = |step: &&PlanStep| step.elements.iter().any(|element| on_paths.contains(element));
        let controls: BTreeSet<String> = plan
            .steps
            .iter()
            .filter(lowers)
            .map(|step| step.control.clone())
            .collect();
        Some(Risk {
            id: stable_id("RK", [&*risk.actor, &*risk.asset]),
            actor: risk.actor.clone(),
            actor_name: known.catalogue.actors.get(&risk.actor)?.name.clone(),
            asset: risk.asset.clone(),
            events: risk.events,
            inherent: mean(inherent, &risk.actor, &risk.asset),
            current: risk.loss.clone(),
            residual: after,
            treatment,
            acceptance,
            paths: paths.iter().take(MOST_PATHS).map(|path| path.id.clone()).collect(),
            controls: controls.into_iter().collect(),
        })
    });
    let mut rows: Vec<Risk> = rows.collect();
    rows.sort_by(|a, b| b.current.mean.cmp(&a.current.mean).then_with(|| a.id.cmp(&b.id)));
    rows
}

fn verdict(known: &Known<'_>, at_risk: &AtRisk, plan: &Plan, lower: Amount) -> Verdict {
    let appetite = known.intent.declared.appetite;
    let state = |risk: Amount| match appetite.upper {
        Some(upper) if risk > upper => RangeState::Above,
        _ if risk <= lower => RangeState::Below,
        _ => RangeState::Within,
    };
    let (now, after) = (state(plan.before), state(plan.after));
    let says = match (now, after) {
        (RangeState::Above, RangeState::Above) if plan.goal != Goal::LeastTotal => {
            "The risk is above what is accepted, and this plan does not bring it below."
        }
        (RangeState::Above, RangeState::Above) => {
            "The risk is above what is accepted, and no plan among the known controls brings it below."
        }
        (RangeState::Above, _) => "The risk is above what is accepted; the plan brings it into the range.",
        (RangeState::Within, _) if appetite.upper.is_none() => {
            "No upper boundary is set, so that no risk is too much; what a plan adds should pay for itself."
        }
        (RangeState::Within, _) if plan.steps.is_empty() => "The risk is in the acceptable range.",
        (RangeState::Within, _) => "The risk is in the acceptable range; what the plan adds pays for itself.",
        (RangeState::Below, _) => "No control that is left removes more than it costs: more spending is waste.",
    };
    Verdict {
        risk: plan.before,
        upper: appetite.upper,
        lower,
        lower_declared: appetite.lower,
        state: now,
        after_plan: after,
        says: says.to_owned(),
        not_evaluated: at_risk.not_evaluated.clone(),
    }
}
