import { type Option, ruleOf } from "./option.ts";
import { optionTable } from "./options.ts";

/** docs/options.md, made from the table. */
export function optionsPage(): string {
  const rows = Object.entries(optionTable).map(([key, option]) => {
    const names = [option.environment, `CADENCE_${key.toUpperCase()}`].filter((name) => name !== undefined);
    return [
      `## ${key}`,
      "",
      option.text,
      "",
      `- Must be: ${ruleOf(option)}`,
      `- Default: ${showDefault(option.default)}`,
      `- Environment: ${names.map((name) => `\`${name}\``).join(" or ")}`,
      ...(option.addon === false ? ["- In the add-on: decided by the Supervisor, not offered"] : []),
      "",
    ].join("\n");
  });
  return [
    "# Options",
    "",
    "Made from `src/config/options.ts` by `npm run generate`; do not edit.",
    "",
    "Options are read from `config/cadence.yaml` (or the file that `CADENCE_CONFIG` names; in the add-on from its own options),",
    "then from the environment, then from the command line; later ones win. What is wrong is named all at once.",
    "",
    ...rows,
  ].join("\n");
}

function showDefault(value: Option["default"]): string {
  if (value === undefined) return "none";
  if (typeof value === "object") return value.length === 0 ? "empty" : value.map((item) => `\`${item}\``).join(", ");
  return `\`${String(value)}\``;
}
