// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

/// How the block hit rates of single requests spread, in `[0, 1]`, at a resolution of 0.001.
///
/// @param none share of the requests that hit nothing
/// @param half share of the requests that hit at least half of their blocks
public record HitRates(
    double mean,
    double p10,
    double p25,
    double p50,
    double p75,
    double p90,
    double none,
    double half) {}
