// SPDX-License-Identifier: Apache-2.0

/// What formats share whose prompts are blocks that stand for their own tokens only.
@NullMarked
package io.incipit.trace.prompt;

import org.jspecify.annotations.NullMarked;
