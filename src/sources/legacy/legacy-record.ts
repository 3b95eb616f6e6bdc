import { isEntityId } from "#model/entity.ts";
import type { LegacyStatistics, WrittenTime } from "#model/legacy.ts";
import type { JsonObject, JsonValue } from "./json-reader.ts";
import { unixTime, writtenTime } from "./written-time.ts";

type Known = Exclude<keyof LegacyStatistics, "name" | "entityId" | "source" | "updated" | "extra">;
type FieldType = "number" | "boolean" | "text" | "local time" | "texts" | "values";

/** Fields of a record: their names then, and now. */
const fields: Readonly<Record<string, readonly [Known, FieldType]>> = {
  poll_count: ["polls", "number"],
  error_count: ["errors", "number"],
  value_changes: ["changes", "number"],
  wasted_polls: ["wastedPolls", "number"],
  success_rate: ["successRate", "number"],
  change_percentage: ["changePercentage", "number"],
  polling_efficiency: ["pollingEfficiency", "number"],
  polls_per_hour: ["pollsPerHour", "number"],
  avg_time_between_changes: ["secondsBetweenChanges", "number"],
  last_change_ago: ["secondsSinceChange", "number"],
  avg_response_time: ["responseTime", "number"],
  recommended_scan_interval: ["recommendedInterval", "number"],
  dynamic_scan_interval: ["dynamicInterval", "number"],
  pattern_based_interval: ["patternInterval", "number"],
  legacy_scan_interval: ["formerInterval", "number"],
  advanced_scan_interval: ["advancedInterval", "number"],
  register_count: ["registers", "number"],
  cluster: ["cluster", "text"],
  is_blackhole: ["stuck", "boolean"],
  insufficient_data: ["insufficientData", "boolean"],
  last_success_time: ["lastSuccess", "local time"],
  last_error_time: ["lastError", "local time"],
  predicted_next_change: ["predictedChange", "local time"],
  pattern_since: ["patternSince", "local time"],
  predicted_pattern_end: ["predictedPatternEnd", "local time"],
  current_pattern: ["currentPattern", "number"],
  next_predicted_pattern: ["nextPattern", "number"],
  pattern_confidence: ["patternConfidence", "number"],
  pattern_criteria: ["patternCriteria", "texts"],
  recent_values: ["recentValues", "values"],
};

/** Makes a record of what was read: fields of the type they should have under their names of today, everything else as it was. */
export function legacyStatistics(name: string, read: JsonObject, source: string, zone?: string): LegacyStatistics {
  const known: Partial<Record<Known, unknown>> = {};
  const extra: [string, unknown][] = [];
  let updated: number | undefined;
  for (const [key, value] of Object.entries(read)) {
    const field = fields[key];
    const typed = field === undefined ? undefined : typedValue(field[1], value, zone);
    if (key === "last_stats_update" && unixTime(value) !== undefined) updated = unixTime(value);
    else if (field !== undefined && typed !== undefined) known[field[0]] = typed;
    // Nothing is what an optional field without a value says.
    else if (field === undefined || value !== null) extra.push([propertyName(key), plain(value)]);
  }
  return {
    name,
    source,
    ...(isEntityId(name) ? { entityId: name } : {}),
    ...(updated === undefined ? {} : { updated }),
    ...(known as Partial<LegacyStatistics>),
    extra: Object.fromEntries(extra),
  };
}

function typedValue(type: FieldType, value: JsonValue, zone: string | undefined): unknown {
  switch (type) {
    case "number":
    case "boolean":
      return typeof value === type ? value : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
    case "local time":
      return typeof value === "string" ? (writtenTime(value, "local", zone) satisfies WrittenTime) : undefined;
    case "texts":
      return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
    case "values":
      return Array.isArray(value) && value.every((each) => typeof each !== "object" || each === null)
        ? value.map((each: JsonValue) => plain(each))
        : undefined;
  }
}

/** The same as plain data: what JSON and every codec can hold. */
export function plain(value: JsonValue): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map((each: JsonValue) => plain(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, each]) => [propertyName(key), plain(each)]));
}

/** The one name that no object should have. */
function propertyName(key: string): string {
  return key === "__proto__" ? "(__proto__)" : key;
}
