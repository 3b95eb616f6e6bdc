import type { Option } from "./option.ts";
import { optionTable } from "./options.ts";

/** JSON schema (2020-12) of `config/cadence.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Modbus Cadence options",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(optionTable).map(([key, option]) => [key, property(option)])),
  };
}

function property(option: Option): Record<string, unknown> {
  const common = {
    description: option.text,
    ...(option.default === undefined ? {} : { default: option.default }),
  };
  switch (option.type) {
    case "text":
      return { type: "string", ...(option.pattern === undefined ? {} : { pattern: option.pattern.source }), ...common };
    case "secret":
      return { type: "string", minLength: 1, writeOnly: true, ...common };
    case "url":
      return { type: "string", format: "uri", ...common };
    case "integer":
    case "number":
      return { type: option.type, minimum: option.minimum, maximum: option.maximum, ...common };
    case "boolean":
      return { type: "boolean", ...common };
    case "choice":
      return { enum: option.choices, ...common };
    case "list":
      return { type: "array", items: { type: "string", pattern: option.pattern.source }, ...common };
  }
}
