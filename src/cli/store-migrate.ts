import { migrateLegacy, type MigrateReport } from "#app/migrate.ts";
import { formatBytes } from "#core/bytes.ts";
import { systemClock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { Repository } from "#repository/repository.ts";
import { findLegacyFolders } from "#sources/legacy/legacy-home.ts";
import { isTimeZone, machineZone } from "#sources/legacy/written-time.ts";
import { type Command, storeFlag, textFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count } from "./format.ts";
import { openForWriting, storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";
import { type Column, formatTable } from "./table.ts";

export const storeMigrateCommand: Command = {
  name: "store migrate",
  summary:
    "Take over what the older Python package left (modbus_state, modbus_statistics). The daemon must be stopped.",
  flags: {
    store: storeFlag,
    from: { type: "string", value: "DIR", text: "Folder of the older package, or the one it is in" },
    zone: {
      type: "string",
      value: "ZONE",
      text: "Time zone of its local times, such as Europe/Berlin (default: this machine's, unless that is UTC)",
    },
    keep: { type: "boolean", text: "Leave the folder where it is; else it is renamed once everything is stored" },
  },
  run: async ({ flags, out, signal }) => {
    const from = textFlag(flags, "from");
    if (from === undefined) {
      throw new CadenceError("USAGE", "store migrate needs the folder of the older package.", {
        remedy: "Name it with --from DIR.",
      });
    }
    const zone = textFlag(flags, "zone") ?? machineZone();
    if (zone !== undefined && !isTimeZone(zone)) {
      throw new CadenceError("USAGE", `There is no time zone “${zone}”.`, {
        remedy: "Write its IANA name, such as Europe/Berlin.",
      });
    }
    // Before a store is made for nothing.
    await findLegacyFolders(from);
    await using storage = await openForWriting(storeDirectory(flags));
    const report = await migrateLegacy({
      repository: await Repository.open(storage),
      from,
      clock: systemClock,
      keep: flags["keep"] === true,
      signal,
      onProgress: (text) => out.progress(text),
      ...(zone === undefined ? {} : { zone }),
    });
    out.progress("");
    print(out, report);
    out.document(report);
    return ExitCode.done;
  },
};

function print(out: Output, report: MigrateReport): void {
  const { totals, files, ghosts } = report;
  for (const line of formatTable(files, columns, out.width)) out.line(line);
  out.line();
  out.line(
    `${count(totals.entities)} entities with ${count(totals.polls)} polls, ${count(totals.history.records)} decisions about intervals, ` +
      `${count(totals.patterns)} patterns, ${count(totals.clusters.count)} clusters, ${count(totals.correlation.pairs)} correlations.`,
  );
  if (totals.unattributed > 0)
    out.line(`${count(totals.unattributed)} of them are kept under a name that is no entity id.`);
  if (ghosts.length > 0) out.line(`The index names ${count(ghosts.length)} entities that are in no file.`);
  out.line(`${count(report.written)} records were stored, ${count(report.unchanged)} were there already.`);
  for (const path of report.setAside) out.line(`The folder is now ${path}; remove it when you no longer need it.`);
  for (const sentence of report.notSetAside) out.note(sentence);
}

type FileReport = MigrateReport["files"][number];

const columns: readonly Column<FileReport>[] = [
  { title: "File", value: ({ path }) => path, flexible: true },
  { title: "Size", align: "right", value: ({ bytes }) => formatBytes(bytes) },
  { title: "State", value: ({ state }) => state },
  { title: "Taken", align: "right", value: ({ taken }) => count(taken) },
  { title: "Shadowed", align: "right", value: ({ shadowed }) => count(shadowed) },
  { title: "Remarks", value: remarksOf, flexible: true },
];

function remarksOf({ damage, failure, placeholders, membersBehindDamage, notNumbers }: FileReport): string {
  const [first] = damage;
  return [
    failure,
    first === undefined ? undefined : `${first.text}${first.offset === 0 ? "" : ` at byte ${count(first.offset)}`}`,
    membersBehindDamage === 0 ? undefined : `${count(membersBehindDamage)} records found behind it`,
    placeholders === 0 ? undefined : `${count(placeholders)} placeholders`,
    notNumbers === 0 ? undefined : `${count(notNumbers)} times no number`,
  ]
    .filter((remark) => remark !== undefined)
    .join(", ");
}
