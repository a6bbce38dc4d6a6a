// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which keys end in a cache salt.
class KeySaltTest {
  @ParameterizedTest
  @CsvSource({
    "m@00000001@00000000000000aa@tenant, tenant",
    "pre@m@00000001@00000000000000aa@tenant, tenant",
    "m@00000001@5@00000000000000aa@tenant, tenant",
    "org/m@v2@00000001@5@00000000000000aa@a@b, a@b",
    "m@00000001@00000000000000aa@00000000000000bb, 00000000000000bb",
    "m@00000001@00000000000000aa@7, 7",
    "m@00000001@00000000000000aa, ''",
    "m@00000001@00000000000000aa@, ''",
    "m@00000001@5@00000000000000aa, ''",
    "m@8@0@00000000000000aa@bfloat16, ''",
    "m@8@0@00000000000000aa@bfloat16@tag@3, ''",
    "kvc:m@00000001@00000000000000aa@tenant, ''",
    "a@b@c@d, ''",
    "plain, ''",
  })
  void salt_isWhatFollowsTheHashOfTheServersKeys(String key, String salt) {
    assertThat(KeyFamily.salt(key.getBytes(StandardCharsets.ISO_8859_1)).orElse(""))
        .isEqualTo(salt);
  }
}
