import type { Clock } from "#core/clock.ts";
import { CadenceError } from "#core/errors.ts";
import { Mutex } from "#core/mutex.ts";
import { Batch } from "../batch.ts";
import { Collection } from "../collection.ts";
import type { Store } from "../store.ts";
import { type Transaction, Transactions } from "../transaction.ts";

/** One step from one shape of the records to the next. */
export interface Migration {
  /** Steps are taken in the order of their numbers; never used twice. */
  readonly number: number;
  readonly name: string;
  up(transaction: Transaction): Promise<void>;
  /** Absent where there is no way back. */
  down?(transaction: Transaction): Promise<void>;
}

export interface MigrationsOptions {
  readonly store: Store;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  /** Called before the first step of a run that changes something. */
  readonly backup: () => Promise<unknown>;
}

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Were applied, and this program does not know them. */
  readonly missing: readonly string[];
  /** Are pending, though later ones were applied. */
  readonly outOfOrder: readonly string[];
}

export interface MigrationRun {
  readonly steps: readonly { readonly name: string; readonly changes: number }[];
  readonly dryRun: boolean;
}

export interface RunOptions {
  /** Up: the last step that is taken. Down: the last one that stays. @default up: all · down: all but the newest */
  readonly to?: number;
  /** Does every step and forgets it again. @default false */
  readonly dryRun?: boolean;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  /** ms since 1970. */
  readonly at: number;
}

/** Steps that were taken and not taken: each is one transaction with the record that it was. */
export class Migrations {
  readonly #options: MigrationsOptions;
  readonly #migrations: readonly Migration[];
  readonly #applied: Collection<AppliedMigration>;
  readonly #running = new Mutex();

  /** Throws INTERNAL when a number is there twice. */
  constructor(options: MigrationsOptions) {
    this.#options = options;
    this.#migrations = options.migrations.toSorted((a, b) => a.number - b.number);
    this.#applied = new Collection(options.store, { name: "migrations", version: 1 });
    for (const [index, { number }] of this.#migrations.entries()) {
      if (number === this.#migrations[index - 1]?.number)
        throw new CadenceError("INTERNAL", `Two migrations have the number ${number}.`);
    }
  }

  async status(): Promise<MigrationStatus> {
    const applied = await this.#readApplied();
    const numbers = new Set(applied.map(({ number }) => number));
    const newest = applied.at(-1)?.number ?? Number.NEGATIVE_INFINITY;
    const pending = this.#migrations.filter(({ number }) => !numbers.has(number));
    const known = new Set(this.#migrations.map(({ number }) => number));
    return {
      applied: applied.map(titleOf),
      pending: pending.map(titleOf),
      missing: applied.filter(({ number }) => !known.has(number)).map(titleOf),
      outOfOrder: pending.filter(({ number }) => number < newest).map(titleOf),
    };
  }

  /** Throws STORE_NEWER_FORMAT when steps were applied that this program does not know, STORE_CONFLICT when one would come out of order. */
  up({ to = Number.POSITIVE_INFINITY, dryRun = false }: RunOptions = {}): Promise<MigrationRun> {
    return this.#running.run(async () => {
      const { missing, outOfOrder } = await this.status();
      if (missing.length > 0) {
        throw new CadenceError(
          "STORE_NEWER_FORMAT",
          `This program does not know the migrations ${missing.join(", ")}.`,
          {
            remedy: "Update Modbus Cadence; nothing was changed.",
          },
        );
      }
      if (outOfOrder.length > 0) {
        throw new CadenceError("STORE_CONFLICT", `Migrations came too late: ${outOfOrder.join(", ")}.`, {
          remedy: "Give them higher numbers than those that were applied; nothing was changed.",
        });
      }
      const numbers = new Set((await this.#readApplied()).map(({ number }) => number));
      const steps = this.#migrations.filter(({ number }) => !numbers.has(number) && number <= to);
      return this.#run(steps, dryRun, async (step, transaction, batch) => {
        await step.up(transaction);
        this.#applied.stagePut(batch, keyOf(step), {
          number: step.number,
          name: step.name,
          at: this.#options.clock.now(),
        });
      });
    });
  }

  /** Takes steps back, the newest first. Throws STORE_CONFLICT when one of them has no way back, before anything is changed. */
  down({ to, dryRun = false }: RunOptions = {}): Promise<MigrationRun> {
    return this.#running.run(async () => {
      const applied = await this.#readApplied();
      const last = to ?? applied.at(-2)?.number ?? Number.NEGATIVE_INFINITY;
      const byNumber = new Map(this.#migrations.map((step) => [step.number, step]));
      const back = applied.filter(({ number }) => number > last).toReversed();
      const steps = back.map(({ number }) => byNumber.get(number));
      const stuck = back.filter((_, index) => steps[index]?.down === undefined);
      if (stuck.length > 0) {
        throw new CadenceError("STORE_CONFLICT", `There is no way back from ${stuck.map(titleOf).join(", ")}.`, {
          remedy: "Restore the backup that was made before; nothing was changed.",
        });
      }
      return this.#run(steps as Migration[], dryRun, async (step, transaction, batch) => {
        await step.down?.(transaction);
        this.#applied.stageDelete(batch, keyOf(step));
      });
    });
  }

  /** A dry run takes all steps in one transaction that is never committed: a later step sees what an earlier one did. */
  async #run(
    steps: readonly Migration[],
    dryRun: boolean,
    take: (step: Migration, transaction: Transaction, batch: Batch) => Promise<void>,
  ): Promise<MigrationRun> {
    if (steps.length > 0 && !dryRun) await this.#options.backup();
    const transactions = new Transactions(this.#options.store);
    const done: { name: string; changes: number }[] = [];
    await using rehearsal = transactions.begin();
    for (const step of steps) {
      await using own = transactions.begin();
      const transaction = dryRun ? rehearsal : own;
      const before = transaction.size;
      const batch = new Batch();
      await take(step, transaction, batch);
      done.push({ name: titleOf(step), changes: transaction.size - before });
      for (const operation of batch.operations) {
        if (operation.kind === "put") transaction.put(operation.key, operation.value);
        else transaction.delete(operation.key);
      }
      if (!dryRun) await own.commit();
    }
    return { steps: done, dryRun };
  }

  async #readApplied(): Promise<AppliedMigration[]> {
    const applied: AppliedMigration[] = [];
    for await (const [, migration] of this.#applied.entries()) applied.push(migration);
    return applied;
  }
}

function titleOf({ number, name }: { readonly number: number; readonly name: string }): string {
  return `${number} ${name}`;
}

function keyOf({ number }: { readonly number: number }): string {
  return number.toString().padStart(10, "0");
}
