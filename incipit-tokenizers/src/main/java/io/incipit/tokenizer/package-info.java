// SPDX-License-Identifier: Apache-2.0

/// Tokenizers of models, as services for whoever reads the text of prompts.
@NullMarked
package io.incipit.tokenizer;

import org.jspecify.annotations.NullMarked;
