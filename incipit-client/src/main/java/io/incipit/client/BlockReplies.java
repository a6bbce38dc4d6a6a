// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.block.ContractField;
import io.incipit.block.Reply;
import io.incipit.protocol.Command;
import io.incipit.protocol.MalformedException;
import io.incipit.protocol.ReplyDecoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.protocol.RespValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The small requests about blocks, and how the replies to them are read.
final class BlockReplies {
  private BlockReplies() {}

  /// What a reply that is no answer means.
  ///
  /// @return what to throw if it is none to the request at all
  /// @throws ClientException.Refused if the request was refused
  static MalformedException refusal(RespValue reply, String expected) {
    if (reply instanceof RespValue.Failure(var text)) {
      var refused = ReplyDecoder.refused(text);
      throw new ClientException.Refused(refused.code(), refused.detail());
    }
    return new MalformedException(
        "%s (expected: %s)".formatted(reply.getClass().getSimpleName(), expected));
  }

  /// Attaches a connection to a namespace.
  ///
  /// @param done is told before anybody else that it is attached
  record Attach(String namespace, Map<ContractField, String> said, Consumer<Attach> done)
      implements Exchange<Reply.Done> {
    Attach {
      said = Map.copyOf(said);
    }

    @Override
    public String name() {
      return "Attach";
    }

    @Override
    public void encode(RespBuffer out) {
      out.array(2 + 2 * said.size()).bulk(Command.ATTACH.wireName()).bulk(namespace);
      new TreeMap<>(said).forEach((field, text) -> out.bulk(field.name()).bulk(text));
    }

    @Override
    public Reply.Done decode(RespValue reply) throws MalformedException {
      if (reply instanceof RespValue.Simple(var word) && word.equals("OK")) {
        done.accept(this);
        return new Reply.Done();
      }
      throw refusal(reply, "OK");
    }
  }

  /// Lets everybody see the blocks of a put.
  record Commit(PutName put) implements Exchange<Committed> {
    @Override
    public String name() {
      return "Commit";
    }

    @Override
    public void encode(RespBuffer out) {
      out.array(3).bulk(Command.COMMIT.wireName()).bulk(put.namespace()).bulk(put.name());
    }

    @Override
    public Committed decode(RespValue reply) throws MalformedException {
      if (reply instanceof RespValue.Values(var numbers) && numbers.size() == 3) {
        return new Committed(count(numbers, 0), count(numbers, 1), count(numbers, 2));
      }
      throw refusal(reply, "three numbers");
    }
  }

  /// Gives a put up.
  record Abort(PutName put) implements Exchange<Integer> {
    @Override
    public String name() {
      return "Abort";
    }

    @Override
    public void encode(RespBuffer out) {
      out.array(3).bulk(Command.ABORT.wireName()).bulk(put.namespace()).bulk(put.name());
    }

    @Override
    public Integer decode(RespValue reply) throws MalformedException {
      return count(List.of(reply), 0);
    }
  }

  private static int count(List<RespValue> numbers, int i) throws MalformedException {
    if (numbers.get(i) instanceof RespValue.Whole(long value)
        && value >= 0
        && value <= Integer.MAX_VALUE) {
      return (int) value;
    }
    throw refusal(numbers.get(i), "a count");
  }
}
