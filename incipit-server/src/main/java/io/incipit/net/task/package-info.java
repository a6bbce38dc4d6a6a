// SPDX-License-Identifier: Apache-2.0
/// Requests that are answered in steps, those that change the store among them.
@NullMarked
package io.incipit.net.task;

import org.jspecify.annotations.NullMarked;
