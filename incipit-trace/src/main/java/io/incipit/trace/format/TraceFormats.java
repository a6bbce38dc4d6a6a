// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.log.PromptLogFormat;
import io.incipit.trace.mooncake.MooncakeFormat;
import io.incipit.trace.session.AgentSessionsFormat;
import io.incipit.trace.session.WekaFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// The formats that there are: ours, then those that other jars bring as services. A file's format
/// is the first that recognises its head.
public final class TraceFormats {
  private final List<TraceFormat> formats;

  private TraceFormats(List<TraceFormat> formats) {
    this.formats = List.copyOf(formats);
  }

  /// All of them.
  public static TraceFormats all() {
    var formats = new ArrayList<TraceFormat>();
    formats.add(new MooncakeFormat());
    formats.add(new AgentSessionsFormat());
    formats.add(new BailianFormat());
    formats.add(new WekaFormat());
    formats.add(new DynamoFormat());
    formats.add(new AgenticMooncakeFormat());
    formats.add(new TairFormat());
    formats.add(new PromptLogFormat());
    formats.add(new LmcacheFormat());
    formats.add(new AiperfFormat());
    formats.add(new OracleGeneralFormat());
    ServiceLoader.load(TraceFormat.class).forEach(formats::add);
    return new TraceFormats(formats);
  }

  /// Names for the command line.
  public List<String> names() {
    return formats.stream().map(TraceFormat::name).toList();
  }

  /// Names of those that can be written.
  public List<String> writableNames() {
    return formats.stream().filter(TraceFormat::isWritable).map(TraceFormat::name).toList();
  }

  /// The format of this name, if there is one.
  public Optional<TraceFormat> named(String name) {
    return formats.stream().filter(format -> format.name().equals(name)).findFirst();
  }

  /// The format that a file has.
  ///
  /// @throws BadTraceException if none recognises it
  public TraceFormat of(TraceFile file) throws IOException {
    var head = TraceHead.of(file);
    for (var format : formats) {
      if (format.recognises(head) && !Unrecognised.isOtherText(head, format)) {
        return format;
      }
    }
    throw new BadTraceException(file.path(), 0, Unrecognised.reason(head, names()));
  }
}
