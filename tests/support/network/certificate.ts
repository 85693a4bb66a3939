import { generate } from "selfsigned";

export type Certificate = { key: string; cert: string };

/** A new, self-signed certificate for `hosts`. */
export async function certificateFor(...hosts: [string, ...string[]]): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: hosts[0] }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) }],
  });
  return { key: made.private, cert: made.cert };
}
