// SPDX-License-Identifier: Apache-2.0

/// What turns the text of prompts into tokens.
@NullMarked
package io.incipit.trace.token;

import org.jspecify.annotations.NullMarked;
