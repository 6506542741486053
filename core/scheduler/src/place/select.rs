//! One selection: the best row, what is said about it, and what would do as well.

use model::{NodeId, NodeScore, ScorePart};

use super::group_pass::GroupPass;
use super::ranking::{Ranked, Standing};
use super::request::Request;
use super::score::{After, Last};
use super::tally::Verdict;
use crate::cluster::Cluster;
use crate::explain::NodeVerdict;

/// Best nodes that a placement names with their terms.
const NAMED: usize = 5;
/// Nodes that the plan applier may use instead.
const RUNNERS_UP: usize = 8;

/// A row that was chosen.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) row: usize,
    pub(crate) after: After,
    pub(crate) scores: Vec<NodeScore>,
    pub(crate) runners_up: Vec<NodeId>,
}

/// How much is said about a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The five best nodes and eight runners-up.
    Full,
    /// The chosen node only.
    Own,
}

impl GroupPass {
    /// The best row for a request; none when no row may be used.
    pub(crate) fn select(
        &mut self,
        cluster: &mut Cluster<'_>,
        request: &Request,
        detail: Detail,
    ) -> Option<Selection> {
        let overridden = self.penalize(cluster, request);
        let found = self.select_ranked(cluster, request, detail);
        for row in overridden {
            let standing = self.standing(cluster, cluster.at(row), &mut Last::default());
            self.rank(cluster.at(row), Some(standing));
        }
        found
    }

    /// Ranks the penalty nodes lower for this request; tells which rows it changed.
    fn penalize(&mut self, cluster: &mut Cluster<'_>, request: &Request) -> Vec<usize> {
        let mut rows: Vec<usize> = request.penalty.iter().filter_map(|node| cluster.row(*node)).collect();
        rows.retain(|&row| self.verdict(row) == Verdict::Open);
        for &row in &rows {
            let Ok(after) = self.after_scored(cluster, row, request.id) else { continue };
            let terms = self.terms(cluster, row, &after, true);
            let tie = self.tie(cluster, row, after.used);
            self.rank(cluster.at(row), Some(Standing { sum: terms.sum, terms: terms.count, tie }));
        }
        rows
    }

    fn select_ranked(
        &mut self,
        cluster: &mut Cluster<'_>,
        request: &Request,
        detail: Detail,
    ) -> Option<Selection> {
        let preferred = request.preferred.and_then(|node| cluster.row(node));
        if let Some(row) = preferred
            && self.verdict(row) == Verdict::Open
            && let Ok(after) = self.after(cluster, row, request.id)
        {
            let scores = vec![self.score_of(cluster, row, &after, request)];
            return Some(Selection { row, after, scores, runners_up: Vec::new() });
        }
        let wanted = if detail == Detail::Full { RUNNERS_UP + 1 } else { 1 };
        let top = self.top(cluster, wanted);
        let best = top.first()?.row;
        let after = self.after(cluster, best, request.id).ok()?;
        let scores = self.scores(cluster, &top, request);
        let runners_up = top.iter().skip(1).map(|ranked| cluster.id(ranked.row)).collect();
        Some(Selection { row: best, after, scores, runners_up })
    }

    /// The best rows, best first.
    fn top(&mut self, cluster: &Cluster<'_>, count: usize) -> Vec<Ranked> {
        let Some(mut ranking) = self.ranking.take() else { return Vec::new() };
        let mut last = Last::default();
        let exact = |at| self.standing(cluster, at, &mut last);
        let top = ranking.top(cluster.frame(), &self.counted.spreads, count, exact);
        self.ranking = Some(ranking);
        top
    }

    /// The terms of the best rows.
    fn scores(&self, cluster: &mut Cluster<'_>, top: &[Ranked], request: &Request) -> Vec<NodeScore> {
        let mut scores = Vec::with_capacity(top.len().min(NAMED));
        for ranked in top.iter().take(NAMED) {
            if let Ok(after) = self.after_scored(cluster, ranked.row, request.id) {
                scores.push(self.score_of(cluster, ranked.row, &after, request));
            }
        }
        scores
    }

    /// The score of one row, term by term.
    pub(crate) fn score_of(
        &self,
        cluster: &Cluster<'_>,
        row: usize,
        after: &After,
        request: &Request,
    ) -> NodeScore {
        let node = cluster.id(row);
        let mut terms = self.terms(cluster, row, after, request.penalty.contains(&node));
        let boost = self.spread_boost(row);
        if boost != 0.0 {
            terms.push(ScorePart::Spread, boost);
        }
        NodeScore { node, score: terms.mean(), parts: terms.parts.into_vec() }
    }

    /// The spread's term of a row; 0 without spreads.
    pub(crate) fn spread_boost(&self, row: usize) -> f64 {
        let spreads = &self.counted().spreads;
        let values: smallvec::SmallVec<[u32; 4]> =
            spreads.terms.iter().map(|term| term.property.by_row[row]).collect();
        spreads.boost(&values)
    }

    /// What is said of one row.
    pub(crate) fn explain_row(
        &self,
        cluster: &mut Cluster<'_>,
        row: usize,
        request: &Request,
    ) -> NodeVerdict {
        match self.verdict(row) {
            Verdict::Filtered(reason) => {
                let alone = self.reason_alone(cluster.node(row), request.index);
                NodeVerdict::Filtered(alone.unwrap_or_else(|| self.tally().name(reason).clone()).to_string())
            }
            Verdict::Exhausted(reason) => NodeVerdict::Exhausted(self.tally().name(reason).to_string()),
            Verdict::Open => match self.after(cluster, row, request.id) {
                Ok(after) => NodeVerdict::Scored(self.score_of(cluster, row, &after, request)),
                Err(dimension) => NodeVerdict::Exhausted(dimension),
            },
        }
    }
}
