/** SHA-256 of some bytes in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The lines that `sha256sum --check` reads, for these files of a folder. */
export async function checksumLines(
  directory: string,
  names: readonly string[],
): Promise<string> {
  const lines = [];
  for (const name of [...names].sort()) {
    lines.push(`${await sha256(await Deno.readFile(`${directory}/${name}`))}  ${name}\n`);
  }
  return lines.join("");
}
