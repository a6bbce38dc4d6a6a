// SPDX-License-Identifier: Apache-2.0

/// Who may do what: users and their secrets, the right that each command asks for, and what becomes
/// of those who fail to say who they are.
@NullMarked
package io.incipit.net.access;

import org.jspecify.annotations.NullMarked;
