// SPDX-License-Identifier: Apache-2.0

/// The manners of Redis: the commands by which its clients say hello and its tools look around, as
/// far as they mean something here, in the words that they know.
@NullMarked
package io.incipit.net.redis;

import org.jspecify.annotations.NullMarked;
