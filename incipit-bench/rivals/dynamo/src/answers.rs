// SPDX-License-Identifier: Apache-2.0
//! Answers as numbers and as text, the same for all rivals.

use dynamo_kv_router::OverlapScores;

/// A number that stands for all that is answered to question `i`.
pub fn digest(i: u64, scores: &OverlapScores) -> u64 {
    scores
        .scores
        .iter()
        .filter(|(_, blocks)| **blocks > 0)
        .map(|(worker, blocks)| mix(mix(mix(i + 1) ^ worker.worker_id) ^ *blocks as u64))
        .fold(0, u64::wrapping_add)
}

/// Steele, Lea and Flood's SplitMix64.
fn mix(seed: u64) -> u64 {
    let x = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// `score` and then `worker:blocks`, by worker.
pub fn text(scores: &OverlapScores) -> String {
    let mut pairs: Vec<_> = scores.scores.iter().filter(|(_, blocks)| **blocks > 0).collect();
    pairs.sort();
    let mut line = String::from("score");
    for (worker, blocks) in pairs {
        line.push_str(&format!(" {}:{blocks}", worker.worker_id));
    }
    line
}
