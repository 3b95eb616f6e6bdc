/**
 * Something that runs. The constructor only assigns; work begins in `start` and has ended when `stop` resolves.
 * `stop` may be called twice, and before `start` has finished.
 */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What an operator wants to know now; plain JSON, no secrets. */
  inspect(): Readonly<Record<string, unknown>>;
}
