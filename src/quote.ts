/** JSON without the control characters that it may still hold. */
export function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text in double quotes, on one line and without control characters. */
export function quoteText(text: string): string {
  return escapeControls(JSON.stringify(text));
}
