import { join } from "node:path";
import { App } from "#app/app.ts";
import { systemClock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { loadSettings } from "#config/load.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { runDemo } from "./demo.ts";
import { ExitCode } from "./exit-code.ts";
import { daemonLogger, serve, tellAddress, untilAsked } from "./serve.ts";

export const runCommand: Command = {
  name: "run",
  summary: "The daemon. Without a Home Assistant configured it runs against the simulated home.",
  flags: { store: storeFlag },
  run: async ({ flags, out, signal }) => {
    const store = textFlag(flags, "store");
    const settings = loadSettings({ flags: store === undefined ? {} : { store_directory: store } });
    const { home_assistant_url: url, home_assistant_token: token, startup_timeout: timeout } = settings.config;
    if (url === undefined && token === undefined) {
      out.note("No Home Assistant is configured: this is the demo. HASS_URL and HASS_TOKEN connect it to a real one.");
      const storeDirectory = store === undefined ? join(settings.storeDirectory, "demo") : settings.storeDirectory;
      return runDemo({ settings: { ...settings, storeDirectory }, out, signal });
    }
    if (url === undefined || token === undefined) throw notConfigured(url);
    const logger = daemonLogger(settings.config, out);
    await serve({
      start: (onRestore) => App.start({ settings, clock: systemClock, networkClock: systemClock, logger, onRestore }),
      run: async (app, asked) => {
        tellAddress(app, out);
        await app.connected(timeout * 1_000, asked);
        await untilAsked(asked);
      },
      storeDirectory: settings.storeDirectory,
      logger,
      signal,
    });
    return ExitCode.done;
  },
};

function notConfigured(url: string | undefined): CadenceError {
  return url === undefined
    ? new CadenceError("HASS_NOT_CONFIGURED", "A token is configured, but no address of Home Assistant.", {
        remedy: "Set HASS_URL, such as http://homeassistant.local:8123.",
      })
    : new CadenceError("HASS_NOT_CONFIGURED", "An address of Home Assistant is configured, but no token.", {
        remedy:
          "Set HASS_TOKEN to a long-lived access token: in Home Assistant open your profile, then Security, and create one.",
      });
}
