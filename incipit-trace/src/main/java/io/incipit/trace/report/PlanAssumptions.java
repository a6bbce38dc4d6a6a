// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import static io.incipit.trace.report.Words.number;

import io.incipit.trace.plan.Plan;
import io.incipit.trace.plan.Planner;
import java.util.ArrayList;
import java.util.List;

/// What a plan rests on.
public final class PlanAssumptions {
  private static final double GIGA = 1e9;

  private PlanAssumptions() {}

  /// Every formula and assumption, a sentence or two each.
  public static List<String> of(Plan plan) {
    var all = new ArrayList<>(always(plan));
    if (!plan.disks().isEmpty()) {
      all.add(
          "Disk: simulated as the store's (docs/policies.md), with a sixteenth of the memory kept"
              + " free. All that is found there is brought to memory; a request waits for it only"
              + " if loading it all, at the bandwidth of the disk, is faster than computing it, and"
              + " what is found on it is saved only then. Writing takes no time.");
    }
    return List.copyOf(all);
  }

  private static List<String> always(Plan plan) {
    return List.of(
        "Prefill of n tokens, h of them found: (2 P (n - h) + 2 L W (n^2 - h^2)) / F seconds; P"
            + " parameters, L layers, W = query heads x head size, F FLOP/s. That is 2 P FLOPs a"
            + " token (one multiplication and addition a parameter; Kaplan et al., 2020), and"
            + " 4 L W x for one with x tokens before it. F is taken as constant. P counts the"
            + " embeddings, as published counts do. Layers with a window (gpt-oss-120b: 18 of 36)"
            + " see their last 128 tokens only.",
        "Loading: h K / B seconds; K bytes of KV a token (2 x layers x KV heads x head size x bytes"
            + " of a value; deepseek-v3: layers x 576 values), B the bandwidth of the memory, or"
            + " over the network the smaller of both. A cached block keeps all layers, since any"
            + " block may be the last one found; of layers with a window only the last tokens are"
            + " loaded. What deepseek-v3 does to expand what was found (2.8% of computing it) is"
            + " not counted.",
        "TTFT = prefill + loading. No queueing, no batching, no overlap of loading and computing,"
            + " nothing for the network to the user: under load it is longer."
            + " Percentiles are to three digits.",
        "At least the last token of a prompt is computed. Loading is faster than computing, at any"
            + " length, from %s GB/s on; all that is found is loaded even if that is slower."
                .formatted(number(plan.breakEvenBandwidth() / GIGA)),
        "Hits: a simulation of the policy '%s' with full blocks only, from an empty cache; every"
                .formatted(Planner.POLICY)
            + " block can be found at once after. leaf-lru: its block hit rate, from one pass,"
            + " between the points of the curve on straight lines.",
        "Saved seconds are of prefill; the seconds of loading are not taken off. 'a doubling' is"
            + " what a size adds to the one above it in the table, as a share of what it saves, for"
            + " each doubling.",
        "GPUs: seconds of prefill over those that the trace takes, times --gpus; loading goes on"
            + " beside the computing for other prompts. That is the mean over the trace: for its"
            + " peaks it takes more. Money is that times --gpu-price; what memory costs is not"
            + " taken off.",
        "Models: `plan --model list` says where their numbers are from; KV values of 16 bits unless"
            + " --kv-bits; of a mixture of experts the active parameters. Answers are not cached,"
            + " except where a later prompt contains them.",
        "Machine: unless given, 400 TFLOP/s are 40% of the 989 of an H100 SXM (data sheet),"
            + " 50 GB/s are 80% of PCIe 5.0 x16, 25 GB/s are 200 Gbit/s. None of it was measured"
            + " here.");
  }
}
