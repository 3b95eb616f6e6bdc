import { stringify } from "yaml";
import { addonOptions, addonTranslations } from "./addon-options.ts";

/** addon/config.yaml as the Supervisor reads it; keys with the Supervisor's own defaults are left out, as its linter wants it. */
export function addonConfig(version: string): string {
  const config = {
    name: "Modbus Cadence",
    version,
    slug: "modbus_cadence",
    description: "Shows how busy your Modbus lines are, and how often each register is worth reading",
    url: "https://github.com/modbus-cadence/modbus-cadence",
    image: "ghcr.io/modbus-cadence/modbus-cadence",
    arch: ["aarch64", "amd64"],
    homeassistant: "2025.1.0",
    timeout: 30,
    ingress: true,
    panel_icon: "mdi:metronome",
    homeassistant_api: true,
    services: ["mqtt:want"],
    // The recorder's past and what the Modbus hubs are set to; certificates of a broker. Both read-only.
    map: [{ type: "homeassistant_config" }, { type: "ssl" }],
    // Of the files that are open while they are copied, the backups below /data/backups are whole.
    backup_exclude: ["lock", "lock.owner", "compile-cache"],
    ...addonOptions(),
  };
  return `# Made by npm run generate from src/config; do not edit.\n${stringify(config, { lineWidth: 0 })}`;
}

/** addon/translations/en.yaml. */
export function addonEnglish(): string {
  return `# Made by npm run generate from src/config/options.ts; do not edit.\n${stringify(addonTranslations(), { lineWidth: 0 })}`;
}
