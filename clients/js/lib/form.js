import { randomKey } from "./submission.js";

/** The media type and the body of a form of multipart/form-data with a part named `file` for each. */
export function encodeForm(files) {
  const boundary = randomKey();
  const pieces = [];
  for (const [name, content] of Symbol.iterator in files ? files : Object.entries(files)) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escaped(name)}"\r\n\r\n`;
    pieces.push(head, content, "\r\n");
  }
  pieces.push(`--${boundary}--\r\n`);
  return { type: `multipart/form-data; boundary=${boundary}`, body: new Blob(pieces) };
}

function escaped(name) {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
