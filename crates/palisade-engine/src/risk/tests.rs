//! Risk against closed forms and against the obvious way.

use std::collections::BTreeSet;

use palisade_inventory::Amount;
use palisade_knowledge::{Capability, ControlKind, Difficulty};
use proptest::prelude::*;

use super::chance::chance;
use super::distribution::Lognormal;
use super::random::Stream;
use super::reach::{Reach, Scenario};
use super::*;

/// An amount in units, as a number.
fn units(amount: Amount) -> f64 {
    amount.to_string().parse().unwrap()
}

const SMALL: Simulation = Simulation {
    seed: 7,
    years: 500,
    trials: 4096,
};

/// A step before it is part of a problem: steps of one id are one deed.
#[derive(Clone, Debug)]
struct Deed {
    id: String,
    premises: Vec<Fact>,
    conclusion: Fact,
    difficulty: Option<Difficulty>,
    certainty: f64,
}

fn step(id: &str, premises: &[Fact], conclusion: Fact, difficulty: Difficulty) -> Deed {
    Deed {
        id: id.to_owned(),
        premises: premises.to_vec(),
        conclusion,
        difficulty: Some(difficulty),
        certainty: 1.0,
    }
}

fn attacker(attempts: (f64, f64)) -> Attacker {
    Attacker {
        id: "PAL-A002".to_owned(),
        attempts,
        capability: Capability::Skilled,
        starts: vec![0],
        takes: None,
    }
}

fn asset(id: &str, facts: &[Fact]) -> Exposed {
    Exposed {
        id: id.to_owned(),
        losses: vec![LossOn {
            property: Property::Confidentiality,
            facts: facts.to_vec(),
            likely: Amount::from_cents(1_000_000),
            worst: Amount::from_cents(6_000_000),
        }],
    }
}

fn problem(deeds: Vec<Deed>, assets: Vec<Exposed>) -> Problem {
    let mut events: Vec<Event> = Vec::new();
    let steps = deeds.into_iter().map(|deed| {
        let known = events.iter().position(|event| event.id == deed.id);
        let event = known.unwrap_or_else(|| {
            events.push(Event {
                id: deed.id,
                difficulty: deed.difficulty,
                certainty: deed.certainty,
            });
            events.len() - 1
        });
        Step {
            premises: deed.premises,
            conclusion: deed.conclusion,
            deed: Some(event),
            given: None,
            added_by: None,
        }
    });
    Problem {
        facts: 8,
        steps: steps.collect(),
        events,
        actors: vec![attacker((0.5, 6.0))],
        assets,
        controls: Vec::new(),
    }
}

fn simulate(problem: &Problem, in_place: &BTreeSet<usize>, simulation: Simulation) -> Outcome {
    Scenarios::new(problem, simulation).simulate(in_place)
}

fn none() -> BTreeSet<usize> {
    BTreeSet::new()
}

/// The mean is as it must be, within four standard errors: those of the years, and of playing only so many trials.
fn check_mean(problem: &Problem, success: f64) {
    let simulation = Simulation::default();
    let outcome = simulate(problem, &none(), simulation);
    let rate = Lognormal::between(problem.actors[0].attempts.0, problem.actors[0].attempts.1).mean();
    let cost = Lognormal::above(10_000.0, 60_000.0).mean();
    let expected = rate * success * cost;
    let of_trials = rate * cost * (success * (1.0 - success) / f64::from(simulation.trials)).sqrt();
    let of_years = units(outcome.total.standard_error);
    let mean = units(outcome.total.mean);
    let error = (mean - expected).abs();
    assert!(error < 4.0 * of_years.hypot(of_trials), "{mean} for {expected}");
    // The errors themselves are small enough for this to mean something.
    assert!(4.0 * of_years.hypot(of_trials) < 0.15 * expected);
}

#[test]
fn one_step_is_poisson_times_lognormal() {
    let p = chance(Difficulty::Moderate, Capability::Skilled);
    check_mean(
        &problem(
            vec![step("a", &[0], 1, Difficulty::Moderate)],
            vec![asset("data", &[1])],
        ),
        p,
    );
}

#[test]
fn steps_in_a_row_multiply_and_ways_beside_each_other_add_up() {
    let easy = chance(Difficulty::Easy, Capability::Skilled);
    let moderate = chance(Difficulty::Moderate, Capability::Skilled);
    let row = vec![
        step("a", &[0], 1, Difficulty::Easy),
        step("b", &[1], 2, Difficulty::Moderate),
    ];
    check_mean(&problem(row, vec![asset("data", &[2])]), easy * moderate);
    let beside = vec![
        step("a", &[0], 1, Difficulty::Easy),
        step("b", &[0], 1, Difficulty::Moderate),
    ];
    check_mean(
        &problem(beside, vec![asset("data", &[1])]),
        1.0 - (1.0 - easy) * (1.0 - moderate),
    );
}

#[test]
fn a_step_that_two_ways_share_is_drawn_once() {
    let easy = chance(Difficulty::Easy, Capability::Skilled);
    let moderate = chance(Difficulty::Moderate, Capability::Skilled);
    // The way in is shared; behind it are two ways to the data. Multiplied as if independent it would be more.
    let steps = vec![
        step("in", &[0], 1, Difficulty::Moderate),
        step("left", &[1], 2, Difficulty::Easy),
        step("right", &[1], 3, Difficulty::Easy),
    ];
    let success = moderate * (1.0 - (1.0 - easy) * (1.0 - easy));
    check_mean(&problem(steps, vec![asset("data", &[2, 3])]), success);
    // The same deed twice is one deed.
    let same = vec![
        step("in", &[0], 1, Difficulty::Moderate),
        step("in", &[0], 2, Difficulty::Moderate),
    ];
    check_mean(&problem(same, vec![asset("data", &[1, 2])]), moderate);
}

#[test]
fn what_needs_two_things_needs_both() {
    let easy = chance(Difficulty::Easy, Capability::Skilled);
    let steps = vec![
        step("a", &[0], 1, Difficulty::Easy),
        step("b", &[0], 2, Difficulty::Easy),
        step("c", &[1, 2], 3, Difficulty::Easy),
    ];
    check_mean(&problem(steps, vec![asset("data", &[3])]), easy * easy * easy);
}

#[test]
fn figures_are_pinned_to_the_cent() {
    let steps = vec![
        step("a", &[0], 1, Difficulty::Moderate),
        step("b", &[1], 2, Difficulty::Easy),
    ];
    let problem = problem(steps, vec![asset("code", &[1]), asset("data", &[2])]);
    let outcome = simulate(&problem, &none(), SMALL);
    let figures = [outcome.total.mean, outcome.total.median, outcome.total.p95].map(|amount| amount.to_string());
    insta::assert_snapshot!(figures.join(" "), @"28891.97 0 159572.40");
    assert_eq!(outcome.years, simulate(&problem, &none(), SMALL).years);
}

#[test]
fn taking_a_step_out_leaves_other_draws_alone() {
    let steps = vec![
        step("a", &[0], 1, Difficulty::Moderate),
        step("b", &[0], 2, Difficulty::Moderate),
    ];
    let whole = problem(steps.clone(), vec![asset("one", &[1]), asset("other", &[2])]);
    let part = problem(vec![steps[1].clone()], whole.assets.clone());
    let of = |problem: &Problem, id: &str| {
        let risks = simulate(problem, &none(), SMALL).risks;
        risks.into_iter().find(|risk| risk.asset == id)
    };
    assert_eq!(of(&whole, "other"), of(&part, "other"));
    assert_eq!(of(&part, "one"), None);
}

#[test]
fn who_never_comes_costs_nothing_and_odd_graphs_are_harmless() {
    let mut never = problem(vec![step("a", &[0], 1, Difficulty::Trivial)], vec![asset("data", &[1])]);
    never.actors[0].attempts = (0.0, 0.0);
    assert_eq!(simulate(&never, &none(), SMALL).total.p99, Amount::ZERO);
    let odd = problem(
        vec![
            step("a", &[9], 77, Difficulty::Easy),
            step("b", &[77], 9, Difficulty::Easy),
        ],
        vec![asset("data", &[77])],
    );
    assert_eq!(simulate(&odd, &[5].into(), SMALL).total.p99, Amount::ZERO);
    assert!(simulate(&Problem::default(), &none(), SMALL).risks.is_empty());
}

#[test]
fn what_matters_most_comes_first() {
    let steps = vec![
        step("hard", &[0], 1, Difficulty::Hard),
        step("sure", &[1], 2, Difficulty::Trivial),
    ];
    let problem = problem(steps, vec![asset("data", &[2])]);
    let simulation = Simulation::default();
    let influences = sensitivity(&Scenarios::new(&problem, simulation), &none());
    let position = |wanted: &Input| influences.iter().position(|it| it.input == *wanted).unwrap();
    let attempts = Input::Attempts {
        actor: "PAL-A002".to_owned(),
    };
    let deed = |step: &str| Input::Step { step: step.to_owned() };
    assert!(position(&deed("hard")) < position(&deed("sure")));
    // Closed forms: the mean times what the input is multiplied by at its ends.
    let (p, q) = (
        chance(Difficulty::Hard, Capability::Skilled),
        chance(Difficulty::Trivial, Capability::Skilled),
    );
    let cost = Lognormal::above(10_000.0, 60_000.0).mean();
    let at = influences[position(&attempts)].clone();
    for (amount, rate) in [(at.low, 0.5), (at.high, 6.0)] {
        let expected = rate * p * q * cost;
        assert!(
            (units(amount) - expected).abs() < 0.1 * expected,
            "{amount} for {expected}"
        );
    }
    let at = influences[position(&deed("hard"))].clone();
    assert!(at.high.cents() > 3 * at.low.cents(), "{at:?}");
}

/// A random graph: facts 0 to 7, fact 0 is where the attacker begins.
fn problems() -> impl Strategy<Value = Problem> {
    let difficulty = prop_oneof![
        Just(None),
        Just(Some(Difficulty::Trivial)),
        Just(Some(Difficulty::Easy)),
        Just(Some(Difficulty::Moderate)),
        Just(Some(Difficulty::Hard)),
    ];
    let steps = prop::collection::vec(
        (
            prop::collection::vec(0_usize..8, 1..3),
            1_usize..8,
            difficulty,
            0.3_f64..1.0,
        ),
        1..14,
    );
    let barriers = prop::collection::vec(
        (prop::collection::vec((0_usize..14, 0.0_f64..1.0), 0..4), 0.0_f64..1.0),
        0..5,
    );
    (steps, barriers).prop_map(|(steps, barriers)| {
        let deeds = steps.into_iter().enumerate();
        let deeds = deeds.map(|(index, (premises, conclusion, difficulty, certainty))| Deed {
            id: format!("s{}", index % 9),
            premises,
            conclusion,
            difficulty,
            certainty,
        });
        let mut problem = problem(deeds.collect(), vec![asset("one", &[3, 4]), asset("other", &[7])]);
        // Some of them need something that is only given at times, and what a control adds.
        problem.events.push(Event {
            id: "given".to_owned(),
            difficulty: None,
            certainty: 0.5,
        });
        let given = problem.events.len() - 1;
        for step in problem.steps.iter_mut().step_by(3) {
            step.given = Some(given);
        }
        let kinds = [ControlKind::Preventive, ControlKind::Detective];
        let controls = barriers
            .into_iter()
            .enumerate()
            .map(|(index, (events, leaves))| Barrier {
                id: format!("c{index}"),
                kind: kinds[index % 2],
                events,
                losses: vec![(index % 2, Property::Confidentiality, leaves)],
            });
        problem.controls = controls.collect();
        problem
    })
}

/// What one trial gains, the obvious way: go round until nothing is new.
fn naive(problem: &Problem, trial: u64, seed: u64) -> BTreeSet<Fact> {
    let actor = &problem.actors[0];
    let happens = |event: usize| {
        let event = &problem.events[event];
        let chance = super::simulate::base(event, actor);
        let draws = Stream::of(seed, ["event", &*actor.id, &*event.id]);
        // The bits of a trial's number stand in 32 words that 64 trials share.
        let bit = |bit| draws.at(trial / 64 * 32 + bit) >> (trial % 64) & 1;
        let number = (0..32).fold(0_u64, |number, at| number << 1 | bit(at));
        let number = f64::from(u32::try_from(number).unwrap());
        chance >= 1.0 || number < (chance * 4_294_967_296.0).floor()
    };
    let mut held: BTreeSet<Fact> = actor.starts.iter().copied().collect();
    loop {
        let before = held.len();
        for step in &problem.steps {
            let works = step.deed.iter().chain(&step.given).all(|event| happens(*event));
            if works && step.premises.iter().all(|premise| held.contains(premise)) {
                held.insert(step.conclusion);
            }
        }
        if held.len() == before {
            return held;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_trial_gains_what_the_obvious_way_gains(problem in problems()) {
        let chances: Vec<f64> =
            problem.events.iter().map(|event| super::simulate::base(event, &problem.actors[0])).collect();
        let all: Vec<[Fact; 1]> = (0..8).map(|fact| [fact]).collect();
        let targets: Vec<&[Fact]> = all.iter().map(|fact| &fact[..]).collect();
        let gained = Reach::new(&problem, &problem.actors[0], &targets, &chances, (3, 4096)).gained(&Scenario::default());
        for trial in (0..4096).step_by(397) {
            let held = naive(&problem, trial, 3);
            for (fact, words) in gained.iter().enumerate() {
                let word = words[usize::try_from(trial).unwrap() / 64];
                let is_gained = word >> (trial % 64) & 1 == 1;
                prop_assert_eq!(is_gained, held.contains(&fact), "fact {} in trial {}", fact, trial);
            }
        }
    }

    /// By construction: every draw is shared, so that each year of itself costs no more.
    #[test]
    fn a_control_never_raises_any_risk(problem in problems(), chosen in prop::collection::btree_set(0_usize..5, 0..4), more in 0_usize..5) {
        let fewer = simulate(&problem, &chosen, SMALL);
        let with = simulate(&problem, &chosen.iter().copied().chain([more]).collect(), SMALL);
        prop_assert!(fewer.years.iter().zip(&with.years).all(|(without, with)| with <= without));
        prop_assert!(with.total.mean <= fewer.total.mean);
        for risk in &with.risks {
            let before = fewer.risks.iter().find(|before| (&before.actor, &before.asset) == (&risk.actor, &risk.asset));
            let before = before.expect("what is lost with it is lost without it");
            prop_assert!(risk.events <= before.events && risk.loss.mean <= before.loss.mean && risk.loss.p99 <= before.loss.p99);
        }
    }

    /// What was found out for one choice of controls is where the next is followed from.
    #[test]
    fn what_was_asked_before_changes_nothing(problem in problems(), asked in prop::collection::vec(prop::collection::btree_set(0_usize..5, 0..5), 1..8)) {
        let all = |_, _| true;
        let scenarios = Scenarios::new(&problem, SMALL);
        for in_place in &asked {
            let fresh = Scenarios::new(&problem, SMALL);
            prop_assert_eq!(scenarios.mean(in_place, &all).to_bits(), fresh.mean(in_place, &all).to_bits());
            prop_assert_eq!(scenarios.simulate(in_place).years, fresh.simulate(in_place).years);
        }
    }

    #[test]
    fn the_order_of_steps_changes_nothing(problem in problems()) {
        let mut turned = problem.clone();
        turned.steps.reverse();
        prop_assert_eq!(simulate(&problem, &none(), SMALL).years, simulate(&turned, &none(), SMALL).years);
    }
}
