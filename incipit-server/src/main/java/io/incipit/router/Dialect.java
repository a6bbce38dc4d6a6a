// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

/// How a router speaks, told by what it calls the model.
enum Dialect {
  /// Mooncake's Conductor: `model` in questions, `modelname` elsewhere.
  CONDUCTOR,

  /// Dynamo's standalone indexer: `model_name`.
  DYNAMO;

  static Dialect of(Body body) {
    return body.has("model_name") ? DYNAMO : CONDUCTOR;
  }

  /// The model's name.
  String model(Body body) {
    if (this == DYNAMO) {
      return body.required("model_name");
    }
    var model = body.text("model", "modelname");
    if (model.isEmpty()) {
      throw new RefusalException(
          400, "model: absent (expected: model or modelname, or model_name as Dynamo calls it)");
    }
    return model;
  }
}
