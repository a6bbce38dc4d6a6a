// SPDX-License-Identifier: Apache-2.0

/// What a server that lets nobody in without a token starts from: certificates of its own, a first
/// user, and settings. Bouncy Castle makes the certificates, here and nowhere else.
@NullMarked
package io.incipit.cli.secure;

import org.jspecify.annotations.NullMarked;
