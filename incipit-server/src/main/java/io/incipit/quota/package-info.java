// SPDX-License-Identifier: Apache-2.0
/// How much of the server a namespace may take, and how much of it is sure to be there for it.
@NullMarked
package io.incipit.quota;

import org.jspecify.annotations.NullMarked;
