// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.log;

import java.util.List;
import java.util.Set;

/// What logs call the things that matter here, the usual spelling first.
final class LogNames {
  /// What holds the body of a request, or of what else has it, as an object or as text.
  static final List<String> WRAPPERS =
      List.of(
          "request",
          "body",
          "request_body",
          "requestBody",
          "req",
          "payload",
          "input",
          "params",
          "kwargs",
          "data",
          "json");

  /// What holds the answer, as an object or as text.
  static final List<String> ANSWERS =
      List.of(
          "response",
          "response_body",
          "responseBody",
          "resp",
          "output",
          "outputs",
          "result",
          "completion",
          "generated_text",
          "answer");

  /// Arrays of messages: all that went before, and what is to be answered.
  static final List<String> MESSAGES = List.of("messages");

  /// Arrays of messages: a conversation with its answers.
  static final List<String> CONVERSATIONS = List.of("conversations", "conversation");

  /// Text that no template is put around, or several such texts.
  static final List<String> PROMPTS = List.of("prompt", "inputs");

  /// What tools a prompt offers.
  static final List<String> TOOLS = List.of("tools", "functions");

  /// Instructions that stand beside the messages.
  static final List<String> SYSTEM = List.of("system", "instructions");

  static final List<String> TIMES =
      List.of(
          "timestamp",
          "@timestamp",
          "ts",
          "time",
          "created_at",
          "createdAt",
          "created",
          "create_time",
          "start_time",
          "startTime",
          "started_at",
          "requested_at",
          "received_at",
          "arrival_time",
          "arrivalTime",
          "arrived_at",
          "datetime",
          "date");

  static final List<String> SESSIONS =
      List.of(
          "session_id",
          "sessionId",
          "conversation_id",
          "conversationId",
          "thread_id",
          "threadId",
          "chat_id",
          "chatId");

  static final List<String> OUTPUT_TOKENS =
      List.of(
          "completion_tokens",
          "output_tokens",
          "completionTokens",
          "outputTokens",
          "output_len",
          "output_length",
          "expected_output_len",
          "generated_tokens");

  static final List<String> PROMPT_TOKENS =
      List.of("prompt_tokens", "promptTokens", "prompt_len", "prompt_length");

  static final List<String> ROLES = List.of("role", "from");

  static final List<String> CONTENTS = List.of("content", "value", "text");

  /// Parts of a message beside its content.
  static final List<String> CALLS = List.of("tool_calls", "function_call");

  static final Set<String> ASSISTANT =
      Set.of("assistant", "gpt", "model", "chatgpt", "bing", "bard", "ai", "bot");

  static final Set<String> USER = Set.of("user", "human");

  private LogNames() {}
}
