import { CadenceError } from "#core/errors.ts";
import { CsvFormat } from "./csv-format.ts";
import { isLineProtocol, LineProtocolFormat } from "./line-protocol-format.ts";
import type { RowFormat } from "./row-format.ts";
import { SampleBatcher } from "./sample-batcher.ts";
import type { Source, SourceBatch, SourceProblem } from "./source.ts";
import { TextFile } from "./text-file.ts";

/** Enough to tell a format by. */
const enoughToTell = 4_096;

/** Samples in a text file, plain or packed; its format is told by what it holds. */
export class TextSource implements Source {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  identity(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async *read(): AsyncGenerator<SourceBatch> {
    await using file = await TextFile.open(this.path);
    const batcher = new SampleBatcher();
    let problems: SourceProblem[] = [];
    let format: RowFormat | undefined;
    let begin = "";
    const take = (text: string, end: boolean, isLast = end): void => {
      begin += text;
      if (format === undefined && begin.length < enoughToTell && !isLast) return;
      format ??= isLineProtocol(begin) ? new LineProtocolFormat() : new CsvFormat(this.path);
      const waiting = begin;
      begin = "";
      for (const row of format.push(waiting, end)) {
        if ("line" in row) problems.push(row);
        else batcher.add(row);
      }
    };
    const finished = function* (end: boolean): Generator<SourceBatch> {
      const { share } = file;
      for (const samples of batcher.take(end)) {
        yield { samples, problems, share };
        problems = [];
      }
      if (problems.length > 0) yield { samples: [], problems, share };
      problems = [];
    };
    try {
      for await (const piece of file.pieces()) {
        take(piece, false);
        yield* finished(false);
      }
    } catch (cause) {
      if (cause instanceof CadenceError) throw cause;
      // What came before the damage is good.
      take("", false, true);
      yield* finished(true);
      throw new CadenceError("SOURCE_UNREADABLE", `${this.path} is damaged or cut off: ${(cause as Error).message}.`, {
        remedy: "Everything before the damage was taken; get the file again and repeat the command.",
        cause,
      });
    }
    take("", true);
    yield* finished(true);
  }
}
