//! The compact form of placements: column by column, since a plan may have ten thousand of them.
//!
//! Ids and nodes are two runs of bytes. Scores of the placement's own node, which most placements have, share
//! their terms and keep only the numbers. What few placements have is listed beside their position.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AllocId, Assigned, NodeId, NodeScore, Placement, PlacementRare, ScorePart};

const ID: usize = 16;

#[derive(Serialize, Deserialize)]
struct Columns {
    ids: Bytes,
    nodes: Bytes,
    indexes: Vec<u32>,
    /// Terms of the scores of own nodes.
    terms: Vec<ScorePart>,
    /// For each placement, whether its one score is that of its own node with those terms.
    own: Vec<bool>,
    /// For each of them, its terms and the score.
    numbers: Vec<f64>,
    rest: Vec<Rest>,
}

/// What few placements have.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rest {
    at: u32,
    #[serde(skip_serializing_if = "is_default")]
    assigned: Assigned,
    #[serde(skip_serializing_if = "is_default")]
    canary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rare: Option<Box<PlacementRare>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scores: Vec<NodeScore>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runners_up: Vec<NodeId>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The terms of a placement's score, if that is the only one and of its own node.
fn own_score(placement: &Placement) -> Option<&NodeScore> {
    match placement.scores.as_slice() {
        [score] if score.node == placement.node => Some(score),
        _ => None,
    }
}

fn terms(score: &NodeScore) -> impl Iterator<Item = ScorePart> + '_ {
    score.parts.iter().map(|part| part.0)
}

pub(crate) fn serialize<S: Serializer>(
    placements: &Vec<Placement>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut columns = Columns {
        ids: Bytes(Vec::with_capacity(placements.len() * ID)),
        nodes: Bytes(Vec::with_capacity(placements.len() * ID)),
        indexes: placements.iter().map(|placement| placement.index).collect(),
        terms: placements.iter().find_map(own_score).map(|score| terms(score).collect()).unwrap_or_default(),
        own: Vec::with_capacity(placements.len()),
        numbers: Vec::new(),
        rest: Vec::new(),
    };
    for (at, placement) in (0..).zip(placements) {
        columns.ids.0.extend(placement.id.0.to_be_bytes());
        columns.nodes.0.extend(placement.node.0.to_be_bytes());
        let own = own_score(placement).filter(|score| terms(score).eq(columns.terms.iter().copied()));
        columns.own.push(own.is_some());
        if let Some(score) = own {
            columns.numbers.extend(score.parts.iter().map(|part| part.1));
            columns.numbers.push(score.score);
        }
        let rest = Rest {
            at,
            assigned: placement.assigned.clone(),
            canary: placement.canary,
            rare: placement.rare.clone(),
            scores: if own.is_some() { Vec::new() } else { placement.scores.clone() },
            runners_up: placement.runners_up.clone(),
        };
        let plain = is_default(&rest.assigned) && !rest.canary && rest.rare.is_none();
        if !plain || !rest.scores.is_empty() || !rest.runners_up.is_empty() {
            columns.rest.push(rest);
        }
    }
    columns.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Placement>, D::Error> {
    let columns = Columns::deserialize(deserializer)?;
    let count = columns.indexes.len();
    let scored = columns.own.iter().filter(|own| **own).count();
    let lengths = [
        columns.ids.0.len() == count * ID,
        columns.nodes.0.len() == count * ID,
        columns.own.len() == count,
        columns.numbers.len() == scored * (columns.terms.len() + 1),
    ];
    if lengths.contains(&false) {
        return Err(D::Error::custom("columns of placements differ in length"));
    }
    let mut numbers = columns.numbers.chunks_exact(columns.terms.len() + 1);
    let ids = columns.ids.0.chunks_exact(ID).zip(columns.nodes.0.chunks_exact(ID));
    let mut placements: Vec<Placement> = Vec::with_capacity(count);
    for (((id, node), index), own) in ids.zip(&columns.indexes).zip(&columns.own) {
        let node = NodeId(number(node));
        let score = if *own { numbers.next() } else { None };
        let scores = score.and_then(<[f64]>::split_last).map(|(score, parts)| NodeScore {
            node,
            parts: columns.terms.iter().copied().zip(parts.iter().copied()).collect(),
            score: *score,
        });
        placements.push(Placement {
            id: AllocId(number(id)),
            index: *index,
            node,
            assigned: Assigned::default(),
            canary: false,
            rare: None,
            scores: scores.into_iter().collect(),
            runners_up: Vec::new(),
        });
    }
    for rest in columns.rest {
        let placement = usize::try_from(rest.at).ok().and_then(|at| placements.get_mut(at));
        let placement = placement.ok_or_else(|| D::Error::custom("a position beyond the placements"))?;
        placement.assigned = rest.assigned;
        placement.canary = rest.canary;
        placement.rare = rest.rare;
        placement.runners_up = rest.runners_up;
        if !rest.scores.is_empty() {
            placement.scores = rest.scores;
        }
    }
    Ok(placements)
}

fn number(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// Bytes that a codec writes as such.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor).map(Self)
    }
}

struct BytesVisitor;

impl<'de> serde::de::Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u8>, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use crate::{EvalId, Name, PassMetrics, PlacementRun};

    use super::*;

    fn placement(number: u128) -> Placement {
        let node = NodeId(number + 1);
        let score = |node| NodeScore { node, parts: vec![(ScorePart::Pack, 0.25)], score: 0.5 };
        Placement {
            id: AllocId(number),
            index: 7,
            node,
            assigned: Assigned::default(),
            canary: number == 2,
            rare: (number == 3)
                .then(|| Box::new(PlacementRare { previous: AllocId(9), ..PlacementRare::default() })),
            scores: match number {
                0 => Vec::new(),
                1 => vec![score(node), score(NodeId(8))],
                _ => vec![score(node)],
            },
            runners_up: if number == 4 { vec![NodeId(5)] } else { Vec::new() },
        }
    }

    #[test]
    fn placements_come_back_as_they_were() {
        let run = PlacementRun {
            job_version: 1,
            group: Name::from("web"),
            deployment: crate::DeploymentId(EvalId::NONE.0),
            pass: PassMetrics::default(),
            placements: (0..6).map(placement).collect(),
        };
        let text = serde_json::to_string(&run).unwrap();
        assert_eq!(serde_json::from_str::<PlacementRun>(&text).unwrap(), run);
    }

    #[test]
    fn columns_of_different_lengths_are_refused() {
        let run = r#"{"job_version":1,"group":"web","deployment":"","pass":{},"placements":
            {"ids":[1],"nodes":[],"indexes":[1],"terms":[],"own":[false],"numbers":[],"rest":[]}}"#;
        let error = serde_json::from_str::<PlacementRun>(run).unwrap_err();
        assert!(error.to_string().contains("differ in length"), "{error}");
    }
}
