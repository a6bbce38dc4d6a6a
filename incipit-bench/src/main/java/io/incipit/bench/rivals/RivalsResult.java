// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.rivals;

import io.incipit.bench.report.Spread;
import io.incipit.env.Disk;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// One run of all rivals, as it is kept in a file.
///
/// @param command what was typed
/// @param date when, in UTC
/// @param commit of the sources, with `+` if they had changed since
/// @param machine what it ran on
/// @param flags of the JVM that drove it
/// @param seed of everything drawn by chance
/// @param input the trace, in words
/// @param tookSeconds how long it took, without what was built
/// @param versions rival to package and version
/// @param notes rival to what has to be said beside its figures
/// @param skipped what was left out, and why
/// @param rows indexes, each in a process of its own
/// @param servers over loopback; none in a quick run
/// @param holes cases with a known answer
public record RivalsResult(
    String command,
    String date,
    String commit,
    Map<String, String> machine,
    List<String> flags,
    long seed,
    String input,
    long tookSeconds,
    Map<String, String> versions,
    Map<String, String> notes,
    List<String> skipped,
    List<Row> rows,
    List<Exchange> servers,
    List<Hole> holes) {
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  /// What a rival took for one question on one workload.
  ///
  /// @param question `arrival`, `full`: CPU ns a question; `store`, `remove`: CPU ns a block;
  ///     `bytesPerBlock`: live bytes for each distinct block
  /// @param blocks distinct blocks of the workload
  /// @param ratioToIncipit of the samples to those of ours in the same round; none for ours, and
  ///     where ours has none
  /// @param checksum whether the answers after it were ours: `equal`, `differs`, or `none` where
  ///     nothing was answered
  public record Row(
      String rival,
      String version,
      String workload,
      int workers,
      String question,
      long blocks,
      List<Double> samples,
      @Nullable Ratio ratioToIncipit,
      String checksum) {
    /// The spread of the samples.
    public Spread spread() {
      return Spread.of(samples);
    }
  }

  /// What a server took to answer a request over loopback.
  ///
  /// @param rival and how it was asked
  /// @param blocks asked for
  /// @param inFlight requests that are sent before the first answer is read
  /// @param samples CPU us of the server a request
  /// @param ratioToIncipit of the samples to those of ours in the same round; none for ours
  public record Exchange(
      String rival,
      String version,
      String question,
      int blocks,
      int inFlight,
      List<Double> samples,
      @Nullable Ratio ratioToIncipit) {
    /// The spread of the samples.
    public Spread spread() {
      return Spread.of(samples);
    }
  }

  /// The least, the middle and the greatest of some ratios.
  public record Ratio(double min, double median, double max) {
    static Ratio of(Spread spread) {
      return new Ratio(rounded(spread.min()), rounded(spread.median()), rounded(spread.max()));
    }
  }

  /// A case of the table of holes.
  ///
  /// @param truth the right answer
  /// @param answers rival to what it answered, and whether that is wrong
  public record Hole(String title, String truth, Map<String, Answer> answers) {}

  /// What a rival answered.
  ///
  /// @param text the answer, or why there is none
  public record Answer(String text, boolean wrong) {}

  static double rounded(double value) {
    return new BigDecimal(value).round(FOUR_DIGITS).doubleValue();
  }

  /// Writes it as JSON.
  public void write(Path file) throws IOException {
    var json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Disk.system().writeText(file, json.writeValueAsString(this) + "\n");
  }

  /// Reads a file that [#write] wrote.
  public static RivalsResult read(Path file) throws IOException {
    return parse(Disk.system().readText(file));
  }

  /// Reads what stands in such a file.
  static RivalsResult parse(String json) {
    return JsonMapper.shared().readValue(json, RivalsResult.class);
  }
}
