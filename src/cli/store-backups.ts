import { type Command, storeFlag } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { count, instant } from "./format.ts";
import { openBackups, storeDirectory } from "./open-store.ts";

export const storeBackupsCommand: Command = {
  name: "store backups",
  summary: "All backups. With --verify every byte of them is read: exit code 3 when one is damaged.",
  flags: {
    store: storeFlag,
    verify: { type: "boolean", text: "Read and check every byte of every backup" },
  },
  run: async ({ flags, out, signal }) => {
    const backups = openBackups(storeDirectory(flags));
    const rows: { name: string; time: number; ok: boolean | null; faults: number | null }[] = [];
    const list = await backups.list();
    for (const [index, { name, time }] of list.entries()) {
      signal.throwIfAborted();
      if (flags["verify"] === true) out.progress(`Reading ${name}, ${index + 1} of ${list.length} …`);
      const report = flags["verify"] === true ? await backups.verify(name) : undefined;
      rows.push({ name, time, ok: report?.ok ?? null, faults: report?.faults.length ?? null });
    }
    out.progress("");
    if (rows.length === 0) out.line("There is no backup. Make one: npm run --silent cadence -- store backup");
    for (const { name, time, ok, faults } of rows) {
      const state = ok === null ? "" : ok ? "  whole" : `  ${count(faults ?? 0)} faults`;
      out.line(`${name}  ${instant(time)} UTC${state}`);
    }
    out.document({ backups: rows });
    return rows.some(({ ok }) => ok === false) ? ExitCode.faultsFound : ExitCode.done;
  },
};
