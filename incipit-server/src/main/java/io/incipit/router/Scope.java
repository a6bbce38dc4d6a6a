// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

/// Whose blocks are meant: those of a model in a group of workers, or a tenant's.
record Scope(String model, String group) {
  /// The group of who says none.
  static final String DEFAULT_GROUP = "default";

  /// What a request is about.
  static Scope of(Body body) {
    var group = body.text("routing_group", "tenant_id");
    return new Scope(Dialect.of(body).model(body), group.isEmpty() ? DEFAULT_GROUP : group);
  }

  /// What a namespace in which engines are followed is about.
  static Scope of(String namespace, String model) {
    boolean grouped = namespace.endsWith("/" + model);
    var group = grouped ? namespace.substring(0, namespace.length() - model.length() - 1) : "";
    return new Scope(model, group.isEmpty() ? DEFAULT_GROUP : group);
  }

  /// The name of the namespace.
  String namespace() {
    return group.equals(DEFAULT_GROUP) ? model : group + "/" + model;
  }
}
