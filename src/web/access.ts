import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface AccessOptions {
  /** Opens the panel from other machines; without it only this machine and ingress are let in. */
  readonly token?: string;
  /** Requests from the Supervisor's ingress proxy are let in. */
  readonly ingress: boolean;
}

/** Why a request was let in; undefined when it was not. */
export type Access = "loopback" | "ingress" | "token" | undefined;

/** The Supervisor's proxy has authenticated the user: the only peer that may speak for one. */
const ingressPeer = "172.30.32.2";
const loopbackPeers: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
/** A page of a foreign name that was made to point at this machine (DNS rebinding) sends that name here. */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

export const tokenCookie = "cadence_panel";

/** Who asks, and may they? Checked for every request, static files included. */
export function accessOf(request: IncomingMessage, { token, ingress }: AccessOptions): Access {
  const peer = request.socket.remoteAddress ?? "";
  if (ingress && (peer === ingressPeer || peer === `::ffff:${ingressPeer}`)) return "ingress";
  if (!isSameOrigin(request)) return undefined;
  if (token !== undefined && tokensOf(request).some((given) => sameSecret(given, token))) return "token";
  const host = request.headers.host ?? "";
  return loopbackPeers.has(peer) && loopbackHost.test(host) ? "loopback" : undefined;
}

/** The user of Home Assistant who asks, as the Supervisor's proxy says; undefined of everybody else, whatever they claim. */
export function userOf({ headers }: IncomingMessage, access: Access): string | undefined {
  const name = headers["x-remote-user-id"];
  return access === "ingress" && typeof name === "string" && name !== "" ? name : undefined;
}

/** Browsers name the page that asks in `Origin` on WebSockets and on what changes something: it must be ours. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}

function tokensOf({ headers, url }: IncomingMessage): string[] {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const cookie = new RegExp(`(?:^|;\\s*)${tokenCookie}=([^;]+)`).exec(headers.cookie ?? "")?.[1];
  const query = queryToken(url);
  return [bearer, cookie === undefined ? undefined : decodeText(cookie), query].filter((text) => text !== undefined);
}

/** The token in the address, as it is given once to open the panel. */
export function queryToken(url: string | undefined): string | undefined {
  return new URLSearchParams((url ?? "").split("?")[1] ?? "").get("token") ?? undefined;
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Takes the same time however much of it is right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
