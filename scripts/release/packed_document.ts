import { OWNER } from "../owner.ts";

/** The target of a Markdown link or image, or of an attribute of HTML, with what comes before it. */
const TARGET = /(!?\[[^\]]*\]\(|\bhref="|\bsrc=")(?!#|[a-z]+:)([^)"\s]+)/g;

/**
 * A document at the root of the repository, as an archive holds it: without the files around it, so
 * that its links lead to those of the version's tag.
 */
export function packedDocument(text: string, version: string): string {
  const repository = `https://github.com/${OWNER}/spacelift-promex`;
  const isCode = (part: string) => part.startsWith("```");
  return text.split(/(^```[^]*?^```)/m).map((part) => {
    if (isCode(part)) return part;
    return part.replace(TARGET, (_, before: string, path: string) => {
      const isImage = before.startsWith("!") || before.startsWith("src");
      return `${before}${repository}/${isImage ? "raw" : "blob"}/v${version}/${path}`;
    });
  }).join("");
}
