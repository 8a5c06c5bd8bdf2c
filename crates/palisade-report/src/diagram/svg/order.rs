//! In which order things stand in a column, so that few lines cross.

/// Something that takes room in a column: a node, or an edge that passes.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The node; none for an edge that passes.
    pub(super) node: Option<usize>,
    pub(super) column: usize,
    /// Lanes never mix; a smaller lane stands higher.
    pub(super) lane: usize,
    /// Items in the column to the left that it is joined with.
    pub(super) left: Vec<usize>,
    /// Items in the column to the right that it is joined with.
    pub(super) right: Vec<usize>,
}

/// Rounds of looking left and right; more than this changes little.
const ROUNDS: usize = 12;
/// Positions are means: this keeps their fractions.
const FRACTIONS: usize = 1024;

/// The items of each column from top to bottom.
///
/// The barycentre method: each item goes where its neighbours are in the mean, looking left and right in turn; the round
/// with the fewest crossings is kept.
pub(super) fn columns(items: &[Item], count: usize) -> Vec<Vec<usize>> {
    let mut columns = vec![Vec::new(); count];
    for (index, item) in items.iter().enumerate() {
        if let Some(column) = columns.get_mut(item.column) {
            column.push(index);
        }
    }
    for column in &mut columns {
        column.sort_by_key(|&item| (items.get(item).map(|item| item.lane), item));
    }
    let mut best = columns.clone();
    let mut fewest = crossings(items, &columns);
    for round in 0..ROUNDS {
        let mut position = positions(items.len(), &columns);
        let look_left = round.is_multiple_of(2);
        let order: Vec<usize> = if look_left {
            (0..count).collect()
        } else {
            (0..count).rev().collect()
        };
        for at in order {
            let Some(column) = columns.get_mut(at) else { continue };
            let key = |index: &usize| {
                let item = items.get(*index);
                let neighbours = item.map_or(&[][..], |item| if look_left { &item.left } else { &item.right });
                let own = position.get(*index).copied().unwrap_or(0) * FRACTIONS;
                (
                    item.map(|item| item.lane),
                    mean(neighbours, &position).unwrap_or(own),
                    own,
                )
            };
            column.sort_by_cached_key(key);
            for (place, &item) in column.iter().enumerate() {
                if let Some(position) = position.get_mut(item) {
                    *position = place;
                }
            }
        }
        let crossings = crossings(items, &columns);
        if crossings < fewest {
            fewest = crossings;
            best.clone_from(&columns);
        }
    }
    best
}

fn mean(neighbours: &[usize], position: &[usize]) -> Option<usize> {
    let sum: usize = neighbours.iter().filter_map(|&item| position.get(item)).sum();
    (sum * FRACTIONS).checked_div(neighbours.len())
}

/// The place of each item in its column.
fn positions(items: usize, columns: &[Vec<usize>]) -> Vec<usize> {
    let mut position = vec![0; items];
    for column in columns {
        for (place, &item) in column.iter().enumerate() {
            if let Some(position) = position.get_mut(item) {
                *position = place;
            }
        }
    }
    position
}

/// How many pairs of lines between neighbouring columns cross.
fn crossings(items: &[Item], columns: &[Vec<usize>]) -> usize {
    let position = positions(items.len(), columns);
    let mut crossings = 0;
    for column in columns {
        // Lines in the order of their left ends, then their right ends: a line crosses those before it that end lower.
        let mut ends: Vec<usize> = Vec::new();
        for &index in column {
            let mut right: Vec<usize> = items
                .get(index)
                .map_or(&[][..], |item| &item.right)
                .iter()
                .filter_map(|&item| position.get(item).copied())
                .collect();
            right.sort_unstable();
            for &end in &right {
                crossings += ends.len() - ends.partition_point(|&other| other <= end);
            }
            for end in right {
                let at = ends.partition_point(|&other| other <= end);
                ends.insert(at, end);
            }
        }
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(column: usize, left: &[usize], right: &[usize]) -> Item {
        Item {
            node: None,
            column,
            lane: 0,
            left: left.to_vec(),
            right: right.to_vec(),
        }
    }

    #[test]
    fn crossing_lines_are_untangled() {
        let items = [
            item(0, &[], &[3]),
            item(0, &[], &[2]),
            item(1, &[1], &[]),
            item(1, &[0], &[]),
        ];
        assert_eq!(crossings(&items, &[vec![0, 1], vec![2, 3]]), 1);
        assert_eq!(crossings(&items, &columns(&items, 2)), 0);
    }

    #[test]
    fn lanes_stay_apart() {
        let mut items = vec![
            item(0, &[], &[3]),
            item(0, &[], &[2]),
            item(1, &[1], &[]),
            item(1, &[0], &[]),
        ];
        for (item, lane) in items.iter_mut().zip([0, 1, 0, 1]) {
            item.lane = lane;
        }
        assert_eq!(columns(&items, 2), [[0, 1], [2, 3]]);
    }
}
