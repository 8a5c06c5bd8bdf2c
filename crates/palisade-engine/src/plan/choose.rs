//! Which controls to choose: branch and bound over what each choice costs and what risk it leaves.
//!
//! All that is known of risk is that more controls never leave more of it. So the risk that all undecided controls together
//! would leave is a bound on what any choice among them can come to.

use std::collections::HashMap;

/// Controls by number, one bit each.
pub(super) type Set = u64;

/// More controls than this are not weighed against each other.
pub(super) const MOST: usize = 63;

/// A control that removes less than this part of what it costs is not worth naming, even where the budget has room for it.
const NEXT_TO_NOTHING: f64 = 0.1;

/// What a choice is measured by, in cents a year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Aim {
    /// Risk must not be above this, if that can be reached.
    pub(super) upper: Option<f64>,
    /// What introducing and running the controls may cost; none: whatever pays.
    pub(super) budget: Option<f64>,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) chosen: Set,
    /// No better choice exists.
    pub(super) is_exact: bool,
    /// By how much a better choice could be better at most, of yearly cost and risk together; within a budget, of risk.
    pub(super) gap: f64,
}

/// How good a choice is; less is better, part by part.
type Score = [f64; 3];

impl Aim {
    fn score(&self, cost: f64, risk: f64) -> Score {
        match self.budget {
            Some(budget) if cost > budget => [f64::INFINITY, cost, risk],
            Some(_) => [0.0, risk + cost * NEXT_TO_NOTHING, cost],
            None => [(risk - self.upper.unwrap_or(f64::INFINITY)).max(0.0), cost + risk, cost],
        }
    }
}

fn is_better(one: Score, other: Score) -> bool {
    one.partial_cmp(&other) == Some(std::cmp::Ordering::Less)
}

/// Chooses among controls of these yearly costs. `risk` tells what a choice leaves, `used` which part of the effort that
/// choosing may take is used up, 0 to 1.
pub(super) fn choose(costs: &[f64], aim: Aim, used: &dyn Fn() -> f64, risk: &mut dyn FnMut(Set) -> f64) -> Choice {
    let count = costs.len().min(MOST);
    let all: Set = (1 << count) - 1;
    let mut asked: HashMap<Set, f64> = HashMap::new();
    let mut ask = |set: Set| *asked.entry(set).or_insert_with(|| risk(set));
    let cost_of = |set: Set| -> f64 {
        let chosen = costs.iter().enumerate().filter(|(index, _)| set >> index & 1 == 1);
        chosen.map(|(_, cost)| cost).sum()
    };

    // Greedy, from everything and from nothing, by what is gained and by what is gained for the money: choices to begin with.
    let mut best = (aim.score(0.0, ask(0)), 0);
    for (from, for_money, share) in [(all, false, 0.25), (0, false, 0.5), (0, true, 0.75)] {
        let mut at = (aim.score(cost_of(from), ask(from)), from);
        loop {
            let mut best_of = |sets: &mut dyn Iterator<Item = Set>| {
                sets.take_while(|_| used() < share)
                    .map(|set| (aim.score(cost_of(set), ask(set)), set))
                    .filter(|next| is_better(next.0, at.0))
                    .min_by(|a, b| {
                        let pays = |next: &(Score, Set)| {
                            let more = cost_of(next.1) - cost_of(at.1);
                            let gained = if next.0[0] < at.0[0] {
                                at.0[0] - next.0[0]
                            } else {
                                at.0[1] - next.0[1]
                            };
                            if for_money && more > 0.0 {
                                -gained / more
                            } else {
                                f64::NEG_INFINITY
                            }
                        };
                        let by_score = a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal);
                        pays(a).total_cmp(&pays(b)).then(by_score).then(a.1.cmp(&b.1))
                    })
            };
            // One more or one less; where none of that helps, one instead of another.
            let toggled = |set: Set, index: usize| set ^ (1 << index);
            let next = best_of(&mut (0..count).map(|index| toggled(at.1, index))).or_else(|| {
                let inside = (0..count).filter(|index| at.1 >> index & 1 == 1);
                let outside = |index: &usize| at.1 >> index & 1 == 0;
                best_of(&mut inside.flat_map(|one| {
                    (0..count)
                        .filter(outside)
                        .map(move |other| toggled(toggled(at.1, one), other))
                }))
            });
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        if is_better(at.0, best.0) {
            best = at;
        }
    }

    // Those that all others would miss most are decided first.
    let mut order: Vec<(f64, usize)> = (0..count).map(|index| (ask(all & !(1 << index)), index)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let order: Vec<usize> = order.into_iter().map(|(_, index)| index).collect();
    let mut open = vec![(0_usize, 0 as Set, all)];
    let mut bound = f64::INFINITY;
    while let Some((depth, chosen, possible)) = open.pop() {
        let least = aim.score(cost_of(chosen), ask(possible));
        if !is_better(least, best.0) {
            continue;
        }
        let Some(next) = order.get(depth) else {
            best = (least, chosen);
            continue;
        };
        if used() >= 1.0 {
            bound = bound.min(least[1]);
            continue;
        }
        let bit = 1 << next;
        open.push((depth + 1, chosen, possible & !bit));
        open.push((depth + 1, chosen | bit, possible));
    }
    let gap = if bound.is_finite() {
        (best.0[1] - bound).max(0.0)
    } else {
        0.0
    };
    Choice {
        chosen: best.1,
        is_exact: !bound.is_finite(),
        gap,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    /// Ways in, each closed by any of the controls of its set; what is lost while one of its ways is open.
    type Losses = Vec<(f64, Vec<Set>)>;

    fn risk(losses: &Losses, set: Set) -> f64 {
        let open = losses.iter().filter(|(_, ways)| ways.iter().any(|way| way & set == 0));
        open.map(|(loss, _)| loss).sum()
    }

    fn losses(controls: usize) -> impl Strategy<Value = Losses> {
        let way = prop::collection::vec(0..controls, 1..4)
            .prop_map(|bits| bits.into_iter().fold(0, |set, bit| set | 1_u64 << bit));
        prop::collection::vec(
            ((1_u32..1000).prop_map(f64::from), prop::collection::vec(way, 1..4)),
            1..20,
        )
    }

    fn instance(sizes: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = (Vec<f64>, Losses, Aim)> {
        sizes.prop_flat_map(|controls| {
            let costs = prop::collection::vec((1_u32..400).prop_map(f64::from), controls);
            let upper = prop::option::of((0_u32..4000).prop_map(f64::from));
            let budget = prop::option::weighted(0.3, (0_u32..1500).prop_map(f64::from));
            (costs, losses(controls), upper, budget)
                .prop_map(|(costs, losses, upper, budget)| (costs, losses, Aim { upper, budget }))
        })
    }

    fn score(costs: &[f64], losses: &Losses, aim: Aim, set: Set) -> Score {
        let cost = costs
            .iter()
            .enumerate()
            .filter(|(index, _)| set >> index & 1 == 1)
            .map(|(_, cost)| cost)
            .sum();
        aim.score(cost, risk(losses, set))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn small_choices_are_those_of_trying_all((costs, losses, aim) in instance(1..=14)) {
            let choice = choose(&costs, aim, &|| 0.0, &mut |set| risk(&losses, set));
            let best = (0..1_u64 << costs.len()).map(|set| score(&costs, &losses, aim, set));
            let best = best.reduce(|a, b| if is_better(b, a) { b } else { a }).expect("at least one");
            prop_assert!(choice.is_exact && choice.gap == 0.0);
            let found = score(&costs, &losses, aim, choice.chosen);
            prop_assert!(found.iter().zip(best).all(|(a, b)| (a - b).abs() < 1e-9), "{:?} for {:?}", found, best);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn what_is_cut_short_is_within_its_gap((costs, losses, aim) in instance(11..=14)) {
            let asked = Cell::new(0.0);
            let cut = choose(&costs, aim, &|| asked.get() / 200.0, &mut |set| {
                asked.set(asked.get() + 1.0);
                risk(&losses, set)
            });
            let exact = choose(&costs, aim, &|| 0.0, &mut |set| risk(&losses, set));
            let (cut_score, exact_score) = (score(&costs, &losses, aim, cut.chosen), score(&costs, &losses, aim, exact.chosen));
            prop_assert!(exact.is_exact && !is_better(cut_score, exact_score));
            if (cut_score[0] - exact_score[0]).abs() < 1e-9 {
                prop_assert!(cut_score[1] - exact_score[1] <= cut.gap + 1e-9);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// With the questions that a system of middling size leaves time for.
        #[test]
        fn choices_among_more_are_near_the_best((costs, losses, aim) in instance(15..=25)) {
            let asked = Cell::new(0.0);
            let found = choose(&costs, aim, &|| asked.get() / 20_000.0, &mut |set| {
                asked.set(asked.get() + 1.0);
                risk(&losses, set)
            });
            let exact = choose(&costs, aim, &|| 0.0, &mut |set| risk(&losses, set));
            let (found, best) = (score(&costs, &losses, aim, found.chosen), score(&costs, &losses, aim, exact.chosen));
            prop_assert!(exact.is_exact);
            prop_assert!(found[0] <= best[0] * 1.05 + 1e-9, "{found:?} for {best:?}");
            prop_assert!(found[0] > best[0] || found[1] <= best[1] * 1.05, "{found:?} for {best:?}");
        }
    }

    #[test]
    fn nothing_to_choose_from_is_nothing() {
        let choice = choose(&[], Aim::default(), &|| 0.0, &mut |_| 5.0);
        assert_eq!(
            choice,
            Choice {
                chosen: 0,
                is_exact: true,
                gap: 0.0
            }
        );
    }
}
