import { bashScript } from "./completion/bash.ts";
import { SHELLS } from "./completion/candidates.ts";
import { fishScript } from "./completion/fish.ts";
import { zshScript } from "./completion/zsh.ts";

export { SHELLS };

/** A shell that a completion script can be had for. */
export type Shell = typeof SHELLS[number];

/** A script that makes a shell complete the program's command lines. */
export function completionScript(shell: Shell): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]();
}
