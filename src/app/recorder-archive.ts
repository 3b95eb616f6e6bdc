import { join } from "node:path";
import type { ArchivePort } from "#bridge/ports.ts";
import type { Learning } from "./learning.ts";
import { openSource } from "#sources/open-source.ts";

/** The recorder's data base within Home Assistant's configuration folder; it is opened when it is asked for, and may not be there. */
export function recorderArchive(home: string, takePast: Learning["takePast"]): ArchivePort {
  return {
    async *read(entityIds, from) {
      const wanted = new Set(entityIds);
      const source = await openSource(join(home, "home-assistant_v2.db"));
      for await (const { samples, ...past } of source.read({ wanted: (entityId) => wanted.has(entityId), from })) {
        if (samples.length > 0) yield samples.filter(({ time }) => time >= from);
        await takePast(past);
      }
    },
  };
}
