import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { TemporaryFolder } from "./temporary-folder.ts";

/** Whether certificates can be made here. */
export const hasOpenssl: boolean = spawnSync("openssl", ["version"]).status === 0;

/** A key and a certificate that vouches for itself, in PEM form, made out to an address of this machine. */
export function selfSigned(address = "127.0.0.1"): { readonly key: string; readonly cert: string } {
  using folder = new TemporaryFolder();
  const [key, cert] = [folder.at("key.pem"), folder.at("cert.pem")];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${address}`],
    ...["-addext", `subjectAltName=IP:${address}`, "-keyout", key, "-out", cert],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
