import { version } from "#app/version.ts";
import { addonConfig, addonEnglish } from "#config/addon-config.ts";
import { configJsonSchema } from "#config/json-schema.ts";
import { optionsPage } from "#config/options-page.ts";
import { ruleOf } from "#config/option.ts";
import { optionTable } from "#config/options.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./exit-code.ts";

export const optionsCommand: Command = {
  name: "options",
  summary: "All options with their rules, defaults and meaning.",
  flags: {
    schema: { type: "boolean", text: "Print the JSON schema of config/cadence.yaml" },
    page: { type: "boolean", text: "Print docs/options.md" },
    addon: { type: "boolean", text: "Print the add-on's config.yaml" },
    translations: { type: "boolean", text: "Print the English texts of the add-on's options" },
  },
  run: async ({ flags, out }) => {
    if (flags["schema"] === true) {
      out.raw(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
      return ExitCode.done;
    }
    const pages = { page: optionsPage, addon: () => addonConfig(version), translations: addonEnglish };
    for (const [flag, page] of Object.entries(pages)) {
      if (flags[flag] !== true) continue;
      out.raw(page());
      return ExitCode.done;
    }
    const rows = Object.entries(optionTable).map(([key, option]) => ({
      key,
      type: option.type,
      rule: ruleOf(option),
      default: option.default ?? null,
      environment: option.environment ?? `CADENCE_${key.toUpperCase()}`,
      text: option.text,
    }));
    for (const row of rows) {
      out.line(row.key);
      out.line(`  ${row.text}`);
      out.line(
        `  must be ${row.rule}; default ${row.default === null ? "none" : JSON.stringify(row.default)}; ${row.environment}`,
      );
    }
    out.document({ options: rows });
    return ExitCode.done;
  },
};
