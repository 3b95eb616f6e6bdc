import type { Command } from "./command.ts";
import { demoCommand } from "./demo.ts";
import { optionsCommand } from "./options.ts";
import { sensorsCommand } from "./sensors.ts";
import { planCommand } from "./plan.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { simulateCommand } from "./simulate.ts";
import { storeBackupCommand } from "./store-backup.ts";
import { storeBackupsCommand } from "./store-backups.ts";
import { storeCompactCommand } from "./store-compact.ts";
import { storeRestoreCommand } from "./store-restore.ts";
import { storeExportCommand } from "./store-export.ts";
import { storeImportCommand } from "./store-import.ts";
import { storeInfoCommand } from "./store-info.ts";
import { storeMigrateCommand } from "./store-migrate.ts";
import { storeQueryCommand } from "./store-query.ts";
import { storeVerifyCommand } from "./store-verify.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  runCommand,
  demoCommand,
  replayCommand,
  reportCommand,
  planCommand,
  simulateCommand,
  storeInfoCommand,
  storeVerifyCommand,
  storeCompactCommand,
  storeBackupCommand,
  storeBackupsCommand,
  storeRestoreCommand,
  storeExportCommand,
  storeImportCommand,
  storeMigrateCommand,
  storeQueryCommand,
  optionsCommand,
  sensorsCommand,
];
