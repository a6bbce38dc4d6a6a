// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.plan.Gpus;
import io.incipit.trace.plan.Machine;
import io.incipit.trace.plan.PlanDisk;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.KvModel;
import io.incipit.trace.simulate.SimSpec;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The machine of a plan. Its defaults are assumptions about one present accelerator; what was
/// measured belongs in their place.
public final class PlanMachineOptions {
  private static final double TERA = 1e12;
  private static final double GIGA = 1e9;
  private static final int GPUS_MAX = 1_000_000;

  @Option(
      names = "--prefill-tflops",
      paramLabel = "N",
      defaultValue = "400",
      description =
          "TFLOP/s that the prefill reaches, all accelerators of an instance together (default:"
              + " ${DEFAULT-VALUE}, 40%% of the 989 at 16 bits on the data sheet of an H100 SXM).")
  private double tflops;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512GiB",
      description = "Memory for cached KV (default: ${DEFAULT-VALUE}).")
  private String memory = "";

  @Option(
      names = "--memory-bandwidth",
      paramLabel = "GB/S",
      defaultValue = "50",
      description =
          "From that memory to the accelerators, in GB/s (default: ${DEFAULT-VALUE}, 80%% of the 63"
              + " of PCIe 5.0 x16).")
  private double memoryGigabytes;

  @Option(
      names = "--network",
      paramLabel = "GB/S",
      defaultValue = "25",
      description =
          "From another machine's memory, in GB/s (default: ${DEFAULT-VALUE}, 200 Gbit/s).")
  private double networkGigabytes;

  @Option(
      names = "--disk",
      paramLabel = "SIZE",
      description =
          "A disk below that memory, as a store has it, and what it is worth at every size of"
              + " memory (nothing is assumed).")
  private @Nullable String disk;

  @Option(
      names = "--disk-bandwidth",
      paramLabel = "GB/S",
      description = "At which that disk is read, in GB/s.")
  private @Nullable Double diskGigabytes;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Accelerators of an instance, which --prefill-tflops is of together (default:"
              + " ${DEFAULT-VALUE}).")
  private int gpus;

  @Option(
      names = "--gpu-price",
      paramLabel = "PER_HOUR",
      description = "What one of them costs in an hour, in any money (nothing is assumed).")
  private @Nullable Double price;

  /// The accelerators of that machine.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public Gpus gpus() {
    if (gpus < 1 || gpus > GPUS_MAX) {
      throw new IllegalArgumentException(
          "--gpus: %d (expected: 1 to %d)".formatted(gpus, GPUS_MAX));
    }
    if (price == null) {
      return new Gpus(gpus, OptionalDouble.empty());
    }
    if (!(price > 0 && price <= GIGA)) {
      throw new IllegalArgumentException(
          "--gpu-price: %s (expected: above 0, at most 1000000000)".formatted(price));
    }
    return new Gpus(gpus, OptionalDouble.of(price));
  }

  /// The machine that was asked for.
  ///
  /// @param model whose KV is in its memory
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public Machine machine(KvModel model) {
    require("--prefill-tflops", tflops);
    require("--memory-bandwidth", memoryGigabytes);
    require("--network", networkGigabytes);
    return new Machine(
        tflops * TERA, memory(model), memoryGigabytes * GIGA, networkGigabytes * GIGA);
  }

  /// The disk that was asked for, if one was.
  ///
  /// @param model whose KV is on it
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public Optional<PlanDisk> disk(KvModel model) {
    if (disk == null && diskGigabytes == null) {
      return Optional.empty();
    }
    if (disk == null) {
      throw new IllegalArgumentException("--disk: missing (expected: beside --disk-bandwidth)");
    }
    if (diskGigabytes == null) {
      throw new IllegalArgumentException("--disk-bandwidth: missing (expected: beside --disk)");
    }
    require("--disk-bandwidth", diskGigabytes);
    var text = disk;
    var size = Blame.on("--disk", () -> SimSpec.Disk.parse(text, Optional.of(model)));
    return Optional.of(new PlanDisk(size, diskGigabytes * GIGA));
  }

  private Capacity memory(KvModel model) {
    try {
      return Capacity.parse(memory, Optional.of(model));
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(
          "--memory: %s (expected: bytes such as 512GiB or 1.5TiB)".formatted(memory), refused);
    }
  }

  private static void require(String name, double value) {
    if (!(value >= 1e-3 && value <= GIGA)) {
      throw new IllegalArgumentException(
          "%s: %s (expected: 0.001 to 1000000000)".formatted(name, value));
    }
  }
}
