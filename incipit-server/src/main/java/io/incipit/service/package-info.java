// SPDX-License-Identifier: Apache-2.0

/// Runs operations: one `Op` in, one `Reply` out, whatever they came by.
@NullMarked
package io.incipit.service;

import org.jspecify.annotations.NullMarked;
