import { systemClock } from "../../../src/core/clock.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { Storage } from "../../../src/storage/index.ts";
import type { MakeContestant } from "../contestant.ts";

/** The product's own store: `quick` as the daemon leaves it, `dense` after `store compact`. */
export const cadence =
  (finish: "quick" | "dense"): MakeContestant =>
  ({ directory, fsync, entities }) => {
    let storage: Storage;
    const open = async (readOnly: boolean): Promise<void> => {
      const commitInterval = fsync ? 0 : 10_000;
      storage = await Storage.open({
        at: directory,
        clock: systemClock,
        logger: silentLogger,
        create: true,
        readOnly,
        commitInterval,
      });
    };
    return {
      open: () => open(false),
      async append({ length, entities: ids, times, states }) {
        const samples = Array.from({ length }, (_, index) => ({
          series: entities[ids[index] as number]?.entityId ?? "",
          time: times[index] as number,
          state: states[index] as string,
        }));
        await storage.series.append(samples);
      },
      async finish() {
        await (finish === "dense" ? storage.compact() : storage.series.flush());
        await storage.close();
      },
      openForReading: () => open(true),
      async scan({ entityId }) {
        let [count, sum] = [0, 0];
        for await (const { times, states } of storage.series.read(entityId)) {
          count += times.length;
          for (let index = 0; index < times.length; index += 1) {
            const value = states.numberAt(index);
            if (!Number.isNaN(value)) sum += value;
          }
        }
        return { count, sum };
      },
      async range({ entityId }, from, to) {
        let count = 0;
        for await (const { times } of storage.series.read(entityId, { from, to })) count += times.length;
        return count;
      },
      last: (all) => Promise.resolve(all.filter(({ entityId }) => storage.series.last(entityId) !== undefined).length),
      close: () => storage.close(),
    };
  };
