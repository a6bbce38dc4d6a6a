// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.net.redis.ServerView.CommandTotals;
import io.incipit.net.redis.ServerView.Totals;
import io.incipit.protocol.Command;
import java.util.List;
import org.junit.jupiter.api.Test;

class PulseTest {
  private static final long SECOND_NS = 1_000_000_000L;

  private static Totals totals(long matches) {
    return new Totals(
        0, 0, 10 * matches, 20 * matches, List.of(new CommandTotals(Command.MATCH, matches, 0)));
  }

  @Test
  void rates_inTheFirstMinute_areSinceTheStart() {
    var pulse = new Pulse(5 * SECOND_NS);
    pulse.sample(10 * SECOND_NS, totals(100));

    var rates = pulse.rates(15 * SECOND_NS, totals(300));

    assertThat(rates).isEqualTo(new Pulse.Rates(10, 30, 30, 0, 300, 600));
  }

  @Test
  void rates_later_forgetWhatIsOlderThanAMinute() {
    var pulse = new Pulse(0);
    for (int second = 5; second <= 120; second += 5) {
      pulse.sample(second * SECOND_NS, totals(second <= 60 ? 1_000 : 1_000 + second - 60));
    }

    assertThat(pulse.rates(120 * SECOND_NS, totals(1_060)).matches()).isEqualTo(1);
  }
}
