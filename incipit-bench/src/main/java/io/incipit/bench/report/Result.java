// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.report;

import io.incipit.env.Disk;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// One run of a benchmark, as it is kept in a file.
///
/// @param benchmark which one
/// @param command what was typed
/// @param date when, in UTC
/// @param commit of the sources, with `+` if they had changed since
/// @param machine what it ran on
/// @param flags of the JVM
/// @param seed of everything drawn by chance
/// @param input the trace, in words
/// @param unit of the samples of cells that compare systems
/// @param samples cell, system, rounds
/// @param ratios name to minimum, median, maximum
public record Result(
    String benchmark,
    String command,
    String date,
    String commit,
    Map<String, String> machine,
    List<String> flags,
    long seed,
    String input,
    String unit,
    Map<String, Map<String, List<Double>>> samples,
    Map<String, List<Double>> ratios) {
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  /// The result of a run that ends now.
  ///
  /// @param machine as it was when the run began
  public static Result of(Run run, Map<String, String> machine, Samples samples)
      throws IOException, InterruptedException {
    var ratios = new LinkedHashMap<String, List<Double>>();
    samples.ratios().forEach((name, spread) -> ratios.put(name, spread.toList()));
    return new Result(
        run.benchmark(),
        run.command(),
        Surroundings.date(),
        Surroundings.commit(),
        machine,
        Surroundings.flags(),
        run.seed(),
        run.input(),
        run.unit(),
        samples.all(),
        ratios);
  }

  /// What was asked for.
  public record Run(String benchmark, String command, long seed, String input, String unit) {}

  /// The spread of each ratio.
  public Map<String, Spread> spreads() {
    var spreads = new LinkedHashMap<String, Spread>();
    ratios.forEach((name, three) -> spreads.put(name, Spread.of(three)));
    return spreads;
  }

  /// Reads a file that [#write] wrote.
  public static Result read(Path file) throws IOException {
    return JsonMapper.shared().readValue(Disk.system().readText(file), Result.class);
  }

  /// Writes it as JSON; numbers rounded to four digits.
  public void write(Path file) throws IOException {
    var json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Disk.system().writeText(file, json.writeValueAsString(rounded()) + "\n");
  }

  private Result rounded() {
    var fewer = new LinkedHashMap<String, Map<String, List<Double>>>();
    samples.forEach(
        (cell, systems) -> {
          var row = new LinkedHashMap<String, List<Double>>();
          systems.forEach((system, rounds) -> row.put(system, rounded(rounds)));
          fewer.put(cell, row);
        });
    var ratio = new LinkedHashMap<String, List<Double>>();
    ratios.forEach((name, three) -> ratio.put(name, rounded(three)));
    return new Result(
        benchmark, command, date, commit, machine, flags, seed, input, unit, fewer, ratio);
  }

  private static List<Double> rounded(List<Double> values) {
    var rounded = new ArrayList<Double>();
    for (double value : values) {
      rounded.add(new BigDecimal(value).round(FOUR_DIGITS).doubleValue());
    }
    return rounded;
  }
}
