// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.http;

import io.incipit.net.access.Access;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.limits.MemoryBudget;
import java.util.Map;
import java.util.concurrent.Executor;

/// What all connections of the HTTP port share. Thread-safe.
///
/// @param events who is told what happens
/// @param connections what a connection may cost
/// @param hosts the names by which the port may be called
/// @param routes by path
/// @param budget the memory of bodies, and of answers to them
/// @param work where routes are answered that may take their time
/// @param bodyBytesMax bytes of one body at most
/// @param access who may ask for what
public record HttpContext(
    HttpEvents events,
    ConnectionConfig connections,
    Hosts hosts,
    Map<String, Route> routes,
    MemoryBudget budget,
    Executor work,
    int bodyBytesMax,
    Access access) {}
