// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.protocol.Command;
import io.incipit.protocol.RespBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What `HELP` of a command with subcommands answers: lines, as of Redis.
final class Help {
  /// Of each subcommand its words, then what it does.
  private static final Map<Command, List<String>> SUBCOMMANDS =
      Map.of(
          Command.ACL,
          List.of(
              "WHOAMI",
              "Return the name of the current user.",
              "LIST",
              "Return the users and their rules, without secrets.",
              "USERS",
              "Return the names of all users.",
              "CAT",
              "Return the rights that rules may give."),
          Command.NAMESPACE,
          List.of(
              "CREATE <name> BLOCKTOKENS <n> HASHBYTES <w> [<ALGORITHM|MODEL|LAYOUT> <text> ...]",
              "Make a namespace; the same contract again changes nothing.",
              "LIST [FROM <name>] [LIMIT <n>]",
              "Return the names of namespaces, sorted.",
              "DESCRIBE <name>",
              "Return the contract and size of a namespace.",
              "DROP <name>",
              "Forget a namespace and all its owners."),
          Command.CLIENT,
          List.of(
              "ID",
              "Return the ID of the current connection.",
              "GETNAME",
              "Return the name of the current connection.",
              "SETNAME <name>",
              "Assign the name <name> to the current connection.",
              "SETINFO <LIB-NAME|LIB-VER> <value>",
              "Note the client's library.",
              "INFO",
              "Return information about the current client connection.",
              "LIST [TYPE <type> | ID <id> ...]",
              "Return information about client connections.",
              "KILL <ip:port>",
              "Kill connection made from <ip:port>.",
              "KILL <ID|ADDR|LADDR|USER|TYPE|SKIPME> <value> [...]",
              "Kill connections that fit all of these.",
              "NO-EVICT (ON|OFF), NO-TOUCH (ON|OFF)",
              "Answered; they change nothing.",
              "GETREDIR, TRACKINGINFO, TRACKING OFF, UNPAUSE",
              "Answered as where nothing is tracked or paused."),
          Command.COMMAND,
          List.of(
              "(no subcommand)",
              "Return details about all commands.",
              "COUNT",
              "Return the total number of commands in this server.",
              "LIST",
              "Return a list of all commands in this server.",
              "INFO [<command-name> ...]",
              "Return details about multiple commands.",
              "DOCS [<command-name> ...]",
              "Return documentation details about multiple commands."),
          Command.CONFIG,
          List.of(
              "GET <pattern> [<pattern> ...]",
              "Return parameters matching the glob-like <pattern> and their values."),
          Command.SLOWLOG,
          List.of(
              "GET [<count>]",
              "Return entries from the slowlog: none is kept.",
              "LEN",
              "Return the length of the slowlog.",
              "RESET",
              "Reset the slowlog."),
          Command.LATENCY,
          List.of(
              "DOCTOR",
              "Return a human readable latency analysis report.",
              "HISTORY <event>",
              "Return time-latency samples for the <event> class: none is kept.",
              "LATEST",
              "Return the latest latency samples for all events: none is kept.",
              "RESET [<event> ...]",
              "Reset latency data of one or more <event> classes.",
              "HISTOGRAM [<command> ...]",
              "Return distributions of latencies: they are at /metrics of the HTTP port."),
          Command.MEMORY,
          List.of(
              "DOCTOR",
              "Return memory problems reports.",
              "MALLOC-STATS",
              "Return internal statistics report from the memory allocator.",
              "PURGE",
              "Answered; it changes nothing.",
              "STATS",
              "Return information about the memory usage of the server.",
              "USAGE <key> [SAMPLES <count>]",
              "Return memory in bytes used by <key> and its value."),
          Command.CLUSTER,
          List.of(
              "INFO",
              "Return information about the cluster: one node.",
              "KEYSLOT <key>",
              "Return the hash slot for <key>.",
              "MYID",
              "Return the node id.",
              "NODES",
              "Return cluster configuration seen by node.",
              "SHARDS",
              "Return information about slot range mappings and the nodes associated with them.",
              "SLOTS",
              "Return information about slots range mappings."),
          Command.MODULE,
          List.of("LIST", "Return a list of loaded modules."));

  private Help() {}

  /// Whether a command has subcommands, and thus a `HELP`.
  static boolean has(Command command) {
    return SUBCOMMANDS.containsKey(command);
  }

  static void write(Command command, RespBuffer out) {
    var lines = new ArrayList<String>();
    lines.add(command.wireName() + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    boolean words = true;
    for (var line : SUBCOMMANDS.getOrDefault(command, List.of())) {
      lines.add(words ? line : "    " + line);
      words = !words;
    }
    lines.add("HELP");
    lines.add("    Prints this help.");
    out.array(lines.size());
    lines.forEach(out::simple);
  }

  /// All commands of our own, two lines each.
  static void writeAll(RespBuffer out) {
    var own = Command.all().stream().filter(Help::isOwn).toList();
    out.array(2 * own.size());
    for (var command : own) {
      out.simple((command.wireName() + " " + command.syntax()).strip());
      out.simple("    " + command.summary());
    }
  }

  private static boolean isOwn(Command command) {
    return command.wireName().startsWith("KVC.");
  }
}
