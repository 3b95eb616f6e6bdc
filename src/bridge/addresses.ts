/** The addresses that follow from the one a person types. */
export interface Addresses {
  /** Without a slash at its end; for people. */
  readonly base: string;
  readonly websocket: string;
  readonly rest: string;
}

/** `http://host:8123` gives `ws://host:8123/api/websocket`; the Supervisor's proxy (`http://supervisor/core`) names it otherwise. */
export function addressesOf(url: string): Addresses {
  const base = url.replace(/\/+$/, "");
  const socket = base.replace(/^http/i, "ws");
  const proxied = /^https?:\/\/supervisor\/core$/i.test(base);
  return { base, websocket: proxied ? `${socket}/websocket` : `${socket}/api/websocket`, rest: `${base}/api` };
}
